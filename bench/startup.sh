#!/usr/bin/env bash
# Start-up time (start of the server process to its first metadata answer that lists a broker), then idle memory and CPU.
# Usage: BENCH_LIBS=DIR bench/startup.sh LABEL HOST:PORT START_COMMAND..   START_COMMAND must print the server's pid as its last line.
# The server is left running; its pid is in the JSON line. IDLE_S=0 leaves out the idle part.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
label=$1 at=$2; shift 2
tmp=$(mktemp)
"$JAVA" -Xmx64M -XX:TieredStopAtLevel=1 -cp "$BENCH_LIBS/classes" io.sluice.bench.load.Probe "$at" 120 >"$tmp" & probe=$!
until grep -q ready "$tmp"; do sleep 0.05; done
SERVER_PID=$("$@" | tail -1)
began=$(awk -v s="$(sed 's/.*) //' "/proc/$SERVER_PID/stat" | awk '{print $20}')" -v hz="$HZ" -v now="$(date +%s.%N)" \
  -v up="$(cut -d' ' -f1 /proc/uptime)" 'BEGIN{printf "%.0f", (now - up + s / hz) * 1000}')
wait "$probe" || { echo "no answer from $at" >&2; exit 1; }
first=$(tail -1 "$tmp"); rm -f "$tmp"
c0=$(srv_cpu)
idle=
if [ "${IDLE_S:-20}" -gt 0 ]; then
  sleep "${SETTLE_S:-10}"
  c1=$(srv_cpu); sleep "${IDLE_S:-20}"; c2=$(srv_cpu)
  idle=$(awk -v c1="$c1" -v c2="$c2" -v s="${IDLE_S:-20}" -v rss="$(srv_rss)" \
    'BEGIN{printf ",\"idle_rss_mb\":%d,\"idle_cpu_percent\":%.2f", rss, (c2 - c1) / s * 100}')
fi
awk -v l="$label" -v ms=$((first - began)) -v c0="$c0" -v idle="$idle" -v pid="$SERVER_PID" \
  'BEGIN{printf "{\"label\":\"%s\",\"w\":\"startup\",\"startup_ms\":%d,\"startup_cpu_s\":%.2f%s,\"pid\":%d}\n", l, ms, c0, idle, pid}'
