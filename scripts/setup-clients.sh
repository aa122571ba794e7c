#!/usr/bin/env bash
# Installs the third-party programs that the tests start: test/clients, the agent stacks of test/clients/stacks
# and Node 24. `setup-clients.sh all` includes the stacks that are slow to install; only `npm run trust` runs
# them. An environment whose lock file has not changed is kept.
set -euo pipefail
cd "$(dirname "$0")/.."

stacks=test/clients/stacks

# Runs a command in a folder, unless it already succeeded there with this lock file. Environments cannot be moved.
once() {
  local folder=$1 lock=$2 stamp
  shift 2
  stamp="$PWD $(cat "$lock")"
  [ "$(cat "$folder/.installed" 2>/dev/null)" = "$stamp" ] && return
  rm -rf "$folder"
  "$@"
  printf '%s' "$stamp" >"$folder/.installed"
}

node_packages() {
  once "$1/node_modules" "$1/package-lock.json" npm ci --silent --prefix "$1" --ignore-scripts
}

# Installs uv, which installs a lock file in seconds where pip takes minutes.
install_uv() {
  "${PYTHON:-python3}" -m venv "$stacks/.uv"
  "$stacks/.uv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --no-deps --no-compile --require-hashes --only-binary :all: -r "$stacks/uv.txt"
}

install_python() {
  "$stacks/.uv/bin/uv" venv --quiet --python "${PYTHON:-python3}" "$1/.venv"
  "$stacks/.uv/bin/uv" pip install --quiet --python "$1/.venv" \
    --no-deps --require-hashes --only-binary :all: -r "$1/requirements.txt"
}

python_packages() {
  once "$1/.venv" "$1/requirements.txt" install_python "$1"
}

if grep -Ehi '^litellm' "$stacks"/*/requirements.txt | grep -v '^litellm==1\.102\.4 '; then
  echo "setup-clients: only litellm 1.102.4 may be installed. Nothing was installed." >&2
  exit 1
fi

once "$stacks/.uv" "$stacks/uv.txt" install_uv
python_packages "$stacks/python-mcp1"
python_packages "$stacks/python-mcp2"
node_packages test/clients
node_packages "$stacks/node"
[ "${1:-}" != all ] || node_packages "$stacks/node-slow"

bash scripts/node24.sh >/dev/null
