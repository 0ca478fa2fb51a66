#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the npm package of sluice.js: http-api/npm/pack.sh [DIR]     DIR (default http-api/target/npm) gets sluice-client-VERSION.tgz
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/../target/npm}
mkdir -p "$out/package"
cp "$here/package.json" "$here/README.md" "$here/../src/main/resources/io/sluice/http/web/"sluice.{js,d.ts} "$out/package/"
npm pack --silent --pack-destination "$out" "$out/package"
