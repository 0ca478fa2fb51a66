#!/usr/bin/env bash
# Starts Sluice's distribution without any option but where. Prints its pid (the launcher becomes the broker).
# Usage: DISTRIBUTION=DIR bench/start-sluice.sh PORT DATADIR
set -euo pipefail
mkdir -p "$2"
setsid nohup "${DISTRIBUTION:?}/bin/sluice" start --data "$2/data" --kafka "127.0.0.1:$1" --http 127.0.0.1:0 >"$2/stdout.log" 2>&1 </dev/null &
echo $!
