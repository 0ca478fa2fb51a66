#!/usr/bin/env bash
# What a JFR recording says about CPU: samples by thread, by top frame, and by the first frame that is Sluice's own.
# Usage: bench/hot.sh FILE.jfr [LINES]
set -euo pipefail
file=$1 lines=${2:-25}
jfr print --events jdk.ExecutionSample,jdk.NativeMethodSample --stack-depth 30 "$file" | awk -v lines="$lines" '
  function count() { # waiting for events is no work
    if (top == "" || top ~ /epollWait|EPoll.*(wait|doSelect)|\.accept|\.park/) return
    n++; thread[t]++; hot[top]++
    if (own != "") ours[own]++
  }
  /^jdk\./ { count(); top = ""; own = ""; t = "?" }
  /sampledThread/ { t = $0; sub(/.*sampledThread = "/, "", t); sub(/".*/, "", t); gsub(/[0-9]+/, "N", t) }
  /line:/ {
    f = $0; sub(/^ +/, "", f); sub(/ *line:.*/, "", f); sub(/\(.*/, "", f)
    if (top == "") top = f
    if (own == "" && f ~ /^io\.sluice/) own = f
  }
  function show(title, a,   k, c) {
    print "\n" title " (of " n " samples)"
    c = "sort -rn | head -" lines
    for (k in a) printf "%6.1f%%  %s\n", 100 * a[k] / n, k | c
    close(c)
  }
  END { count(); show("by thread", thread); show("top frame", hot); show("first frame of Sluice", ours) }'
