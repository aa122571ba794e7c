#!/usr/bin/env bash
# Runs the test suite on Node 24.
set -euo pipefail
cd "$(dirname "$0")/.."

node=$(bash scripts/node24.sh)
echo "Node $("$node" --version)"
PATH="$(dirname "$node"):$PATH" exec "$node" node_modules/vitest/vitest.mjs run "$@"
