#!/usr/bin/env bash
# Starts Apache Kafka as one combined broker and controller, with the settings of its own example configuration. Prints its pid.
# Usage: LIBS=FOLDER_OF_JARS kafka-peer/start.sh PORT DATADIR [KEY=VALUE..]
#   NODE_ID (1), VOTERS (itself; id@host:port,..), RF and MIN_ISR of the internal topics (1): for a node of a cluster
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
port=$1 data=$2; shift 2
cport=$((port + 1000))
JAVA=${JAVA:-java}
mkdir -p "$data/log" "$data/data"
cat >"$data/server.properties" <<P
process.roles=broker,controller
node.id=${NODE_ID:-1}
controller.quorum.voters=${VOTERS:-1@127.0.0.1:$cport}
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$cport
advertised.listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$cport
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
num.network.threads=3
num.io.threads=8
socket.send.buffer.bytes=102400
socket.receive.buffer.bytes=102400
socket.request.max.bytes=104857600
log.dirs=$data/data
num.partitions=1
num.recovery.threads.per.data.dir=2
offsets.topic.replication.factor=${RF:-1}
share.coordinator.state.topic.replication.factor=${RF:-1}
share.coordinator.state.topic.min.isr=${MIN_ISR:-1}
transaction.state.log.replication.factor=${RF:-1}
transaction.state.log.min.isr=${MIN_ISR:-1}
log.retention.hours=168
log.segment.bytes=1073741824
log.retention.check.interval.ms=300000
P
for setting in "$@"; do echo "$setting" >>"$data/server.properties"; done
if [ ! -f "$data/data/meta.properties" ]; then
  "$JAVA" -Xmx256M -cp "$LIBS/*" -Dkafka.logs.dir="$data/log" -Dlog4j2.configurationFile="$here/log4j2.properties" \
    kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qg -c "$data/server.properties" >"$data/log/format.log" 2>&1
fi
ulimit -n 100000 2>/dev/null || ulimit -n "$(ulimit -Hn)"
# the options of Kafka's own kafka-server-start.sh
setsid nohup "$JAVA" -Xmx1G -Xms1G -server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 \
  -XX:+ExplicitGCInvokesConcurrent -Djava.awt.headless=true \
  -Xlog:gc*:file="$data/log/kafkaServer-gc.log":time,tags:filecount=10,filesize=100M \
  -Dkafka.logs.dir="$data/log" -Dlog4j2.configurationFile="$here/log4j2.properties" \
  -cp "$LIBS/*" kafka.Kafka "$data/server.properties" >"$data/log/stdout.log" 2>&1 </dev/null &
echo $!
