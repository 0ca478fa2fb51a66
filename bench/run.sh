#!/usr/bin/env bash
# Fixed workloads against any broker that speaks Kafka's protocol; one JSON line per workload on stdout.
# Usage: BENCH_LIBS=DIR SERVER_PID="PID.." bench/run.sh BOOTSTRAP LABEL
#   BENCH_LOGS   folder for every tool's own output (default ./bench-logs)
#   RF           replication factor of the topics (default 1)
#   WORKLOADS    names to run (default: w0 w1 w2 w3 w4 w5 w6 w8 w7; w4 needs w2)
#   SCALE        multiplies the record counts, e.g. 0.1 for a trial (default 1)
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
bs=${1:?bootstrap} label=${2:?label}
RF=${RF:-1} SCALE=${SCALE:-1}
WORKLOADS=${WORKLOADS:-w0 w1 w2 w3 w4 w5 w6 w8 w7}
logs=${BENCH_LOGS:-bench-logs}/$label; mkdir -p "$logs"
tag=${TAG:-b$(date +%s)}
n() { awk "BEGIN{printf \"%d\", $1*$SCALE}"; }
topic() { jrun io.sluice.bench.load.TopicTool "$bs" "$tag-$1" "$2" "$RF" 2>>"$logs/topic.log"; }

# measure NAME RECORDS BYTES_PER_RECORD COMMAND..: runs it, output to NAME.log, then prints the JSON line
measure() {
  local name=$1 rec=$2 size=$3; shift 3
  local c0 c1 t0 t1 rc=0 TIMEFORMAT='%U %S'
  sleep 2; c0=$(srv_cpu); t0=$(date +%s.%N)
  { time "$@" >"$logs/$name.log" 2>"$logs/$name.err"; rc=$?; } 2>"$logs/$name.time" || rc=$?
  t1=$(date +%s.%N); c1=$(srv_cpu)
  local cc; cc=$(tail -1 "$logs/$name.time" | awk '{print $1+$2}')
  awk -v label="$label" -v name="$name" -v rec="$rec" -v size="$size" -v c0="$c0" -v c1="$c1" -v t0="$t0" -v t1="$t1" \
      -v cc="$cc" -v rss="$(srv_rss)" -v rc="$rc" -v extra="${EXTRA:-}" -f "$here/json.awk" "$logs/$name.log"
}
produce() { # NAME TOPIC RECORDS SIZE RATE PROPS..
  local name=$1 t=$2 rec=$3 size=$4 rate=$5; shift 5
  measure "$name" "$rec" "$size" jrun org.apache.kafka.tools.ProducerPerformance --bootstrap-server "$bs" --topic "$tag-$t" \
    --num-records "$rec" --record-size "$size" --throughput "$rate" --command-property "$@"
}

for w in $WORKLOADS; do case $w in
w0) topic w0 1 >/dev/null   # first records on a cold server; also its warm-up
    produce w0 w0 "$(n 1000000)" 100 -1 acks=1 batch.size=65536 linger.ms=5 ;;
w1) topic w1 1 >/dev/null
    produce w1 w1 "$(n 10000000)" 100 -1 acks=1 batch.size=65536 linger.ms=5 ;;
w2) topic w2 6 >/dev/null
    produce w2 w2 "$(n 4000000)" 1024 -1 acks=all batch.size=131072 linger.ms=5 ;;
w3) topic w3 6 >/dev/null
    produce w3 w3 "$(n 2500000)" 1024 -1 acks=all batch.size=131072 linger.ms=5 compression.type=lz4 ;;
w4) measure w4 "$(n 4000000)" 1024 jrun org.apache.kafka.tools.ConsumerPerformance --bootstrap-server "$bs" --topic "$tag-w2" \
      --num-records "$(n 4000000)" --hide-header --timeout 60000 ;;
w5) topic w5 1 >/dev/null   # one record at a time; acks=1 goes first, on a colder server: compare each only with itself
    for a in 1 all; do
      measure "w5-acks$a" 5500 100 jrun io.sluice.bench.load.Latency e2e "$bs" "$tag-w5" 5000 500 100 "$a"
    done ;;
w6) topic w6 1 >/dev/null
    measure w6 "$(n 40000)" 1024 jrun io.sluice.bench.load.Latency paced "$bs" "$tag-w6" "$(n 36000)" "$(n 4000)" 1024 all 2000 ;;
w7) EXTRA=$(topic w7 1000)   # w7-touch: the first ten records of each partition; w7: after that
    rr=partitioner.class=org.apache.kafka.clients.producer.RoundRobinPartitioner
    produce w7-touch w7 10000 1024 -1 acks=all batch.size=16384 linger.ms=5 $rr
    EXTRA=
    produce w7 w7 "$(n 400000)" 1024 -1 acks=all batch.size=16384 linger.ms=5 $rr ;;
w8) topic w8 1 >/dev/null
    produce w8 w8 "$(n 250000)" 100 -1 acks=1 batch.size=1 linger.ms=0 max.in.flight.requests.per.connection=5 ;;
*) echo "unknown workload $w" >&2; exit 2 ;;
esac; done
