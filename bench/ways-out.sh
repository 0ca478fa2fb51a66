#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The ways out that are not Kafka's protocol, and the way in over HTTP; for fan-out NATS (2.9, with its WebSocket listener) in the same run.
# Usage: bench/ways-out.sh [--what "fanout backlog idle slow publisher produce"] [--scale S] [--runs N] [--peers "sluice nats"] [--out DIR]
#   --what   fanout: 500 WebSocket subscribers of one partition, 1,000 records/s of 100 B, 60 s; backlog: one subscriber reads 2 M x 100 B
#            idle: 5,000 subscriptions for which nothing comes; slow: 10 MB/s to 100 readers, alone and with 900 that read nothing, 2 minutes each
#            publisher: inside the JVM, against Kafka's consumer; produce: batches of 100 x 1 KiB over HTTP. Default: all
#   --scale  multiplies subscribers, records and seconds, e.g. 0.1 for a trial (1)
#   --runs   how often fanout (A B A B) and produce (1)
#   --peers  of fanout ("sluice nats"); nats-server must be on the PATH (Debian: apt install nats-server), or in NATS_SERVER
#   --out    folder for figures.jsonl and every tool's own output (default bench/target/ways-out/TIME)
# FORMATS ("json cbor") of fanout's frames, RATE (1000) and SIZE (10240) of slow's records, WARMUP (60) seconds before both.
# PROFILE=1 records each with JFR, below --out: bench/hot.sh reads it. Other work on the machine spoils the times; read the server's CPU first.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
what="fanout backlog idle slow publisher produce" scale=1 runs=1 peers="sluice nats" out=
while [ $# -gt 0 ]; do
  case $1 in
  --what) what=$2 ;;
  --scale) scale=$2 ;;
  --runs) runs=$2 ;;
  --peers) peers=$2 ;;
  --out) out=$2 ;;
  *) sed -n '3,14s/^# //p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done
out=${out:-$here/target/ways-out/$(date +%Y%m%d-%H%M%S)}
mkdir -p "$out"; out=$(cd "$out" && pwd)
JAVA=${JAVA:-java} NATS_SERVER=${NATS_SERVER:-nats-server}
DISTRIBUTION=${DISTRIBUTION:-$(find "$here/../deploy/target" -maxdepth 1 -type d -name 'sluice-*' 2>/dev/null | sort | tail -1)}
[ -x "$DISTRIBUTION/bin/sluice" ] || { echo "no distribution below deploy/target: mvn package -Pquick -pl deploy -am" >&2; exit 2; }

# The programs need no more than the distribution has: Kafka's client, and the broker itself for what runs inside it.
classes=$here/target/ways
mkdir -p "$classes"
javac --release 17 -proc:none -cp "$DISTRIBUTION/lib/*" -d "$classes" "$here"/src/main/java/io/sluice/bench/ways/*.java

n() { awk "BEGIN{x = $1*$scale; printf \"%d\", x < 1 ? 1 : x}"; }
record() { tee -a "$out/figures.jsonl" >&2; }
load() { # PROGRAM name=value..
  local program=$1; shift
  # shellcheck disable=SC2086 # options are words
  "$JAVA" -Xmx2g -XX:+UseParallelGC ${LOAD_OPTS:-} -Dlogback.configurationFile="$here/ways-logback.xml" -cp "$classes:$DISTRIBUTION/lib/*" \
    "io.sluice.bench.ways.$program" "$@" 2>>"$out/$program.err" | record || echo "$program $*: failed, see $out/$program.err" >&2
}

pid="" data=""
stop() {
  [ -n "$pid" ] || return 0
  [ -z "${PROFILE:-}" ] || [ -z "$data" ] || jcmd "$pid" JFR.stop name=p >/dev/null 2>&1 || true
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  kill -9 "$pid" 2>/dev/null || true
  pid=
  [ -z "$data" ] || rm -rf "$data/data"
  data=
}
trap stop EXIT

sluice() { # NAME: starts a broker with no data; sets pid, data, kafka, http
  stop
  data=$out/$1; mkdir -p "$data"
  SLUICE_JAVA_OPTS="-Xlog:gc:file=$data/gc.log ${SLUICE_JAVA_OPTS:-}" setsid nohup "$DISTRIBUTION/bin/sluice" start --data "$data/data" \
    --kafka 127.0.0.1:0 --http 127.0.0.1:0 >"$data/stdout.log" 2>&1 </dev/null &
  pid=$!
  for _ in $(seq 600); do grep -q ' ready: ' "$data/stdout.log" && break; sleep 0.1; done
  line=$(grep ' ready: ' "$data/stdout.log") || { echo "the broker does not start: $data/stdout.log" >&2; exit 1; }
  kafka=${line##*kafka=} kafka=${kafka%% *} http=${line##*http=} http=${http%% *}
  [ -z "${PROFILE:-}" ] || jcmd "$pid" JFR.start name=p settings=profile filename="$data/profile.jfr" >/dev/null
}

nats() { # NAME: starts NATS; sets pid and its WebSocket address
  stop
  local port=$((21000 + RANDOM % 8000))
  http=127.0.0.1:$((port + 1))
  printf 'listen: "127.0.0.1:%d"\nwebsocket { listen: "%s", no_tls: true }\n' "$port" "$http" >"$out/$1.conf"
  setsid nohup "$NATS_SERVER" -c "$out/$1.conf" >"$out/$1.log" 2>&1 </dev/null &
  pid=$!
  for _ in $(seq 100); do grep -q 'Server is ready' "$out/$1.log" && return; sleep 0.1; done
  echo "NATS does not start: $out/$1.log" >&2; exit 1
}

fanout() {
  local run peer format s
  s=$(n 60)
  for run in $(seq "$runs"); do
    for peer in $peers; do
      if [ "$peer" = nats ]; then
        command -v "$NATS_SERVER" >/dev/null || { echo "no nats-server: fan-out without NATS" >&2; continue; }
        nats "nats-$run"
        load FanOut label=nats peer=nats address="$http" pid="$pid" subscribers="$(n 500)" seconds="$s" warmup="${WARMUP:-60}"
        continue
      fi
      for format in ${FORMATS:-json cbor}; do
        sluice "fanout-$format-$run"
        load FanOut label="sluice-$format" address="$http" pid="$pid" subscribers="$(n 500)" seconds="$s" warmup="${WARMUP:-60}" format="$format"
      done
    done
  done
}

backlog() {
  sluice backlog
  load Backlog label=sluice-cbor address="$http" kafka="$kafka" pid="$pid" gclog="$data/gc.log" records="$(n 2000000)" format=cbor
}

idle() {
  # with all of the heap in memory from the start, resident memory grows by what is not on it
  SLUICE_JAVA_OPTS="-Xms1g -XX:+AlwaysPreTouch ${SLUICE_JAVA_OPTS:-}" sluice idle
  load Idle label=sluice address="$http" pid="$pid" subscriptions="$(n 5000)"
}

slow() {
  local stuck
  for stuck in 0 "$(n 900)"; do
    sluice "slow-$stuck"
    load FanOut label=sluice w=slow address="$http" kafka="$kafka" pid="$pid" gclog="$data/gc.log" subscribers="$(n 100)" stuck="$stuck" \
      rate="${RATE:-1000}" size="${SIZE:-10240}" seconds="$(n 120)" warmup="${WARMUP:-60}" format=cbor window=java
  done
}

publisher() {
  stop
  LOAD_OPTS=${PROFILE:+-XX:StartFlightRecording:settings=profile,filename=$out/publisher.jfr} \
    load InProcess label=sluice data="$out/inprocess" records="$(n 1000000)"
  rm -rf "$out/inprocess"
}

produce() {
  local run form
  sluice produce
  for run in $(seq "$runs"); do
    for form in json lines; do
      load HttpProduce label="sluice-$form" address="$http" pid="$pid" seconds="$(n 20)" form=$form
    done
  done
}

for w in $what; do
  case $w in
  fanout | backlog | idle | slow | publisher | produce) echo "$w" >&2; "$w"; stop ;;
  *) echo "unknown: $w" >&2; exit 2 ;;
  esac
done
echo "figures in $out/figures.jsonl" >&2
