#!/usr/bin/env bash
# Installs what the tests start that is not ours: test/clients, the Python clients of the second SDK
# (.venv-clients) and Node 24. Done already means done at once.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! cmp -s test/clients/package-lock.json test/clients/node_modules/.installed-lock; then
  npm ci --silent --prefix test/clients --ignore-scripts
  cp test/clients/package-lock.json test/clients/node_modules/.installed-lock
fi

requirements=test/python/requirements-clients.txt
venv=.venv-clients
if ! cmp -s "$requirements" "$venv/.installed-requirements"; then
  rm -rf "$venv"
  "${PYTHON:-python3}" -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --no-deps --no-compile --require-hashes --only-binary :all: -r "$requirements"
  cp "$requirements" "$venv/.installed-requirements"
fi

bash scripts/node24.sh >/dev/null
