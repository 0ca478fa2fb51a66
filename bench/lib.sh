# Shared by the scripts of this folder. BENCH_LIBS is the folder of measuring tools that setup.sh made.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${BENCH_LIBS:?folder made by setup.sh}"
JAVA=${JAVA:-java}
CP="$BENCH_LIBS/classes:$BENCH_LIBS/*"
HZ=$(getconf CLK_TCK)

# A Java program with the JVM options that Kafka's own kafka-producer-perf-test.sh uses.
jrun() {
  "$JAVA" -Xmx512M -server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 \
    -XX:+ExplicitGCInvokesConcurrent -Djava.awt.headless=true -Dlog4j2.configurationFile="$here/log4j2.properties" -cp "$CP" "$@"
}

# CPU seconds (user+system) used so far by the processes of SERVER_PID (one, or several apart by blanks)
srv_cpu() {
  local p t=0
  for p in ${SERVER_PID:-}; do
    t=$((t + $(sed 's/.*) //' "/proc/$p/stat" 2>/dev/null | awk '{print $12+$13}')))
  done
  awk "BEGIN{printf \"%.2f\", $t/$HZ}"
}

# resident MB of the same processes, together
srv_rss() {
  local p t=0
  for p in ${SERVER_PID:-}; do
    t=$((t + $(awk '/^VmRSS/{print $2}' "/proc/$p/status" 2>/dev/null || echo 0)))
  done
  echo $((t / 1024))
}
