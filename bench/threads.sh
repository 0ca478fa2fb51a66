#!/usr/bin/env bash
# CPU seconds of each thread of a process over a while: user and kernel. Usage: bench/threads.sh PID SECONDS
set -euo pipefail
pid=$1 seconds=$2 hz=$(getconf CLK_TCK)
read_all() { for t in /proc/"$pid"/task/*; do
  sed -E 's/^([0-9]+) \((.*)\) . (.*)/\1 \3 \2/' "$t/stat" 2>/dev/null | awk '{n=$51; for(i=52;i<=NF;i++) n=n "_" $i; print $1, $12, $13, n}'
done; }
before=$(read_all); sleep "$seconds"; after=$(read_all)
awk -v hz="$hz" 'NR==FNR{u[$1]=$2;s[$1]=$3;next}{du=($2-u[$1])/hz;ds=($3-s[$1])/hz; if(du+ds>0.02) printf "%8.2f user %8.2f kernel  %s\n",du,ds,$4}' \
  <(echo "$before") <(echo "$after") | sort -k1,1nr -k3,3nr | head -40
