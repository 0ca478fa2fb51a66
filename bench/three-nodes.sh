#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Three nodes of a broker on this machine, for cluster.sh, which includes it; as a program (bench/three-nodes.sh node_start N) for the load programs.
# In the environment: BROKER (sluice or kafka), PORT (the first of three Kafka ports), DATA (a folder), BENCH_LIBS; DISTRIBUTION for Sluice, LIBS for Kafka.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
JAVA=${JAVA:-java}
bootstrap() { echo "127.0.0.1:$PORT,127.0.0.1:$((PORT + 1)),127.0.0.1:$((PORT + 2))"; }

# The file with a node's pid
pid_file() { # NODE
  echo "$DATA/node-$1.pid"
}

local_cluster() { # ARGUMENTS..
  SLUICE=$DISTRIBUTION/bin/sluice "$here/../deploy/local-cluster.sh" "$@" --data "$DATA" --kafka "$PORT" --akka $((PORT + 10000)) --http $((PORT + 2000))
}

kafka_node() { # NODE
  local c=$((PORT + 1000))
  NODE_ID=$1 VOTERS="1@127.0.0.1:$c,2@127.0.0.1:$((c + 1)),3@127.0.0.1:$((c + 2))" RF=3 MIN_ISR=2 \
    "$here/kafka-peer/start.sh" $((PORT + $1 - 1)) "$DATA/$1" min.insync.replicas=2 default.replication.factor=3 >"$(pid_file "$1")"
}

# Returns when the node answers clients.
await_answer() { # NODE
  "$JAVA" -Xmx64M -XX:TieredStopAtLevel=1 -cp "$BENCH_LIBS/classes" io.sluice.bench.load.Probe "127.0.0.1:$((PORT + $1 - 1))" 120 >/dev/null
}

nodes_start() {
  mkdir -p "$DATA"
  local n
  case $BROKER in
  sluice) local_cluster start >&2 ;;
  kafka)
    for n in 1 2 3; do kafka_node $n; done
    for n in 1 2 3; do await_answer $n; done
    ;;
  esac
}

# Starts a node that is not there, and returns when it is ready.
node_start() { # NODE
  local pid
  pid=$(cat "$(pid_file "$1")" 2>/dev/null) || pid=
  while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  case $BROKER in
  sluice) local_cluster restart "$1" >&2 ;;
  kafka) kafka_node "$1" && await_answer "$1" ;;
  esac
}

# Ends what runs: SIGTERM, and SIGKILL for what is still there after 30 s
nodes_stop() {
  local n pid
  for n in 1 2 3; do
    pid=$(cat "$(pid_file $n)" 2>/dev/null) || continue
    kill "$pid" 2>/dev/null || true
  done
  for n in 1 2 3; do
    pid=$(cat "$(pid_file $n)" 2>/dev/null) || continue
    for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null || true
  done
}

pids() {
  local n
  for n in 1 2 3; do cat "$(pid_file $n)"; done | tr '\n' ' '
}

[ "${BASH_SOURCE[0]}" != "$0" ] || "$@"
