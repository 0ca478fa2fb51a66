#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Three nodes of Sluice and three of Apache Kafka 4.4.0 in turn on this machine: fail-over, throughput and latency with three replicas, growth, idling.
# Usage: bench/cluster.sh [--what "load away idle kill controller term"] [--tries N] [--brokers "sluice kafka"] [--minutes M] [--out DIR]
#   --what     load: w0, w2 and w6 with three replicas, then 3,000 partitions; idle: CPU of each node with 1,000 partitions
#              away: a node is away for 60 s under 20 MB/s; kill: kill -9 of a leader's node; term: SIGTERM of it
#              controller: kill -9 of the node that leads, is the controller and (Sluice) hosts the sharding coordinator, in a fresh cluster each time
#              alarms: MINUTES of full load on Sluice; nobody may be taken for dead. Default: all but alarms
#   --tries    how often kill, term and controller (10)
#   --minutes  how long alarms (30)
#   --out      folder for results and every tool's own output (default bench/target/cluster/TIME)
# Everything else on the machine spoils the times.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
what="load away idle kill term controller" tries=10 brokers="sluice kafka" minutes=30 out=
while [ $# -gt 0 ]; do
  case $1 in
  --what) what=$2 ;;
  --tries) tries=$2 ;;
  --brokers) brokers=$2 ;;
  --minutes) minutes=$2 ;;
  --out) out=$2 ;;
  *) sed -n '3,13s/^# //p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done
out=${out:-$here/target/cluster/$(date +%Y%m%d-%H%M%S)}
mkdir -p "$out"; out=$(cd "$out" && pwd)

"$here/setup.sh" >&2
export BENCH_LIBS=$here/target/tools LIBS=$here/target/kafka
DISTRIBUTION=${DISTRIBUTION:-$(find "$here/../deploy/target" -maxdepth 1 -type d -name 'sluice-*' 2>/dev/null | sort | tail -1)}
[ -x "$DISTRIBUTION/bin/sluice" ] || { echo "no distribution below deploy/target: mvn package -Pquick -pl deploy -am" >&2; exit 2; }
export DISTRIBUTION
. "$here/lib.sh"
. "$here/three-nodes.sh"
export JAVA BROKER PORT DATA
trap nodes_stop EXIT

fresh() { # stops what runs, and starts three nodes with no data
  [ -z "${DATA:-}" ] || { nodes_stop; rm -rf "$DATA"; }
  PORT=$((PORT + 3)) DATA=$out/data-$BROKER-$PORT
  nodes_start
}

record() { tee -a "$out/figures.jsonl" >&2; }

load() {
  fresh
  for w in "w0 w2" w6; do # two calls: the topics' names differ
    RF=3 SCALE=0.25 WORKLOADS=$w SERVER_PID=$(pids) BENCH_LOGS=$out/logs "$here/run.sh" "$(bootstrap)" "$BROKER" | record
  done
  line=$(jrun io.sluice.bench.load.TopicTool "$(bootstrap)" many 3000 3 2>"$out/many-$BROKER.err") || line='"rc":1'
  echo "{\"label\":\"$BROKER\",\"w\":\"3000-partitions\",$line,\"rss_mb\":$(SERVER_PID=$(pids) srv_rss)}" | record
}

idle() {
  fresh
  jrun io.sluice.bench.load.TopicTool "$(bootstrap)" many 1000 3 >/dev/null
  sleep 600 # what an idle node does now and then takes minutes to be worth compiling
  local n before=() later=() cpu=()
  for n in 1 2 3; do before[n]=$(SERVER_PID=$(cat "$(pid_file $n)") srv_cpu); done
  sleep 60
  for n in 1 2 3; do later[n]=$(SERVER_PID=$(cat "$(pid_file $n)") srv_cpu); done
  for n in 1 2 3; do cpu[n]=$(awk "BEGIN{printf \"%.2f\", (${later[n]} - ${before[n]}) / 60 * 100}"); done
  echo "{\"label\":\"$BROKER\",\"w\":\"idle\",\"cpu_percent\":[${cpu[1]},${cpu[2]},${cpu[3]}],\"rss_mb\":$(SERVER_PID=$(pids) srv_rss)}" | record
}

away() {
  fresh
  jrun io.sluice.bench.load.Away "$(bootstrap)" "$BROKER" away 2 20 60 "kill -9 \$(cat $(pid_file 2))" "$here/three-nodes.sh node_start 2" \
    2>"$out/away-$BROKER.err" | record
}

failover() { # WHAT leader|controller SIGNAL AFTER_S
  local line
  line=$(jrun io.sluice.bench.load.Failover "$(bootstrap)" "$BROKER" "$1" "$2" 1000 10 "$4" \
    "kill -$3 \$(cat $(pid_file "\$LEADER_ID"))" 2>>"$out/$1-$BROKER.err") || line=${line:-"{\"label\":\"$BROKER\",\"w\":\"$1\",\"rc\":1}"}
  echo "$line" | record
  gone=${line##*\"leader\":} gone=${gone%%,*}
}

again() { # WHAT SIGNAL: the same cluster, the node comes back each time
  fresh
  for _ in $(seq "$tries"); do
    failover "$1" leader "$2" "$after"
    node_start "$gone"
    sleep 10
  done
}

controller() {
  for _ in $(seq "$tries"); do
    fresh
    if [ "$BROKER" = sluice ]; then
      # The sharding coordinator is on the oldest member, and the controller on the first broker that has caught up: now both are on node 1.
      local_cluster restart 2 >&2
      local_cluster restart 3 >&2
      sleep 5
    fi
    failover controller controller 9 "$after"
    [ "$BROKER" = kafka ] || [ "$gone" = 1 ] || echo "the controller was on node $gone, the sharding coordinator on node 1" >&2
  done
}

alarms() {
  fresh
  local end=$((SECONDS + minutes * 60)) rounds=0
  while [ $SECONDS -lt $end ]; do
    RF=3 SCALE=1 WORKLOADS=w2 TAG=a$rounds SERVER_PID=$(pids) BENCH_LOGS=$out/logs "$here/run.sh" "$(bootstrap)" "$BROKER" >>"$out/alarms.jsonl"
    jrun org.apache.kafka.tools.TopicCommand --bootstrap-server "$(bootstrap)" --delete --topic "a$rounds-w2" >&2
    rounds=$((rounds + 1))
  done
  echo "{\"label\":\"$BROKER\",\"w\":\"alarms\",\"minutes\":$minutes,\"rounds\":$rounds,\"downed\":$(cat "$DATA"/node-*.log | grep -c 'is gone: ')}" | record
}

PORT=$((20000 + $$ % 10000)) DATA=
for BROKER in $brokers; do
  # Kafka notices a dead broker after 9 s
  case $BROKER in sluice) after=10 ;; kafka) after=25 ;; *) echo "unknown broker $BROKER" >&2; exit 2 ;; esac
  for part in $what; do
    echo "$BROKER: $part" >&2
    case $part in
    load | away | idle | controller) $part ;;
    kill) again kill 9 ;;
    term) again term TERM ;;
    alarms) [ "$BROKER" != sluice ] || alarms ;;
    *) echo "unknown part $part" >&2; exit 2 ;;
    esac
  done
  nodes_stop
  rm -rf "$DATA"; DATA=
done
"$here/cluster-table.py" "$out/figures.jsonl" | tee "$out/table.md"
echo "figures and table in $out" >&2
