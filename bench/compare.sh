#!/usr/bin/env bash
# Sluice and Apache Kafka 4.4.0 in turn on this machine, and the ratio of each figure.
# Usage: bench/compare.sh [--workloads "startup w1 w2 .."] [--runs N] [--scale S] [--brokers "sluice kafka kafka-1m"] [--out DIR]
#   --workloads  startup (with idle), w0 .. w8; default all. w4 reads what w2 wrote.
#   --runs       each broker is started afresh in every run, one after the other: A B A B .. (default 3)
#   --scale      multiplies the number of records, e.g. 0.1 for a trial (default 1)
#   --brokers    kafka-1m is Kafka with 1 MiB indexes (log.index.size.max.bytes=1048576); it runs startup-free w0 and w7 alone
#   --out        folder for results and every tool's own output (default bench/target/compare/TIME)
# Both brokers get fresh data each time, on the same file system (below --out). Other work on the machine spoils the times.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
workloads="startup w0 w1 w2 w3 w4 w5 w6 w8 w7" runs=3 scale=1 brokers="sluice kafka kafka-1m" out=
while [ $# -gt 0 ]; do
  case $1 in
  --workloads) workloads=$2 ;;
  --runs) runs=$2 ;;
  --scale) scale=$2 ;;
  --brokers) brokers=$2 ;;
  --out) out=$2 ;;
  *) sed -n '2,9s/^# //p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done
out=${out:-$here/target/compare/$(date +%Y%m%d-%H%M%S)}
mkdir -p "$out"; out=$(cd "$out" && pwd)

"$here/setup.sh" >&2
export BENCH_LIBS=$here/target/tools LIBS=$here/target/kafka
DISTRIBUTION=${DISTRIBUTION:-$(find "$here/../deploy/target" -maxdepth 1 -type d -name 'sluice-*' 2>/dev/null | sort | tail -1)}
if [ ! -x "$DISTRIBUTION/bin/sluice" ]; then
  (cd "$here/.." && mvn -q -B -ntp package -Pquick -pl deploy -am) >&2
  DISTRIBUTION=$(find "$here/../deploy/target" -maxdepth 1 -type d -name 'sluice-*' | sort | tail -1)
fi
export DISTRIBUTION
pid=
stop() {
  [ -n "$pid" ] || return 0
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  kill -9 "$pid" 2>/dev/null || true
  pid=
}
trap stop EXIT

port=$((20000 + $$ % 10000))
for run in $(seq "$runs"); do
  for broker in $brokers; do
    list=" $workloads "
    # the peer with small indexes is there for w7 only
    if [ "$broker" = kafka-1m ]; then
      case $list in *" w7 "*) list=" w0 w7 " ;; *) continue ;; esac
    fi
    port=$((port + 1)) data=$out/data-$broker-$run
    case $broker in
    sluice) start=("$here/start-sluice.sh" "$port" "$data") ;;
    kafka) start=("$here/kafka-peer/start.sh" "$port" "$data") ;;
    kafka-1m) start=("$here/kafka-peer/start.sh" "$port" "$data" log.index.size.max.bytes=1048576) ;;
    *) echo "unknown broker $broker" >&2; exit 2 ;;
    esac
    echo "run $run: $broker" >&2
    case $list in *" startup "*) idle=20 ;; *) idle=0 ;; esac
    line=$(IDLE_S=$idle "$here/startup.sh" "$broker" "127.0.0.1:$port" "${start[@]}")
    pid=${line##*\"pid\":}; pid=${pid%\}}
    { [ "$idle" = 0 ] || echo "$line"
      SERVER_PID=$pid SCALE=$scale WORKLOADS=${list//startup/} BENCH_LOGS=$out/logs-$run "$here/run.sh" "127.0.0.1:$port" "$broker"
    } | tee -a "$out/figures.jsonl" >&2
    stop
    rm -rf "$data"
  done
done
"$here/ratios.py" "$out/figures.jsonl" | tee "$out/ratios.md"
"$here/ratios.py" --json "$out/figures.jsonl" >"$out/ratios.json"
echo "figures and ratios in $out" >&2
