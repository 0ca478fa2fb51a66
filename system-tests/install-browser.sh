#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what the profile `browser` needs: Debian's chromium, and playwright-core (which drives it and brings no browser of its own) from npm.
# Usage: system-tests/install-browser.sh [DIR]     DIR (default system-tests/target/clients) gets what is not a Debian package
# Needs apt (as root, or with sudo) and npm.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=${1:-$here/target/clients}
mkdir -p "$dir/browser"; dir=$(cd "$dir" && pwd)

packages=()
command -v chromium >/dev/null || packages+=(chromium)
command -v npm >/dev/null || packages+=(npm)
[ -n "$(find /usr/share/fonts -iname 'DejaVuSans.ttf' 2>/dev/null)" ] || packages+=(fonts-dejavu-core)
if [ ${#packages[@]} -gt 0 ]; then
  as_root=(); [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}"
fi

# a folder is complete when its marker is there and of this very version, so a second call costs nothing
lock=$here/clients/browser/package-lock.json
if ! cmp -s "$lock" "$dir/browser/.complete"; then
  rm -rf "$dir/browser"; mkdir -p "$dir/browser"
  cp "$here"/clients/browser/{package.json,package-lock.json,.npmrc} "$dir/browser/"
  (cd "$dir/browser" && npm ci --silent)
  cp "$lock" "$dir/browser/.complete"
fi

chromium --version 2>/dev/null
node -p '"playwright-core " + require(process.argv[1] + "/browser/node_modules/playwright-core/package.json").version' "$dir"
