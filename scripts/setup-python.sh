#!/usr/bin/env bash
# Makes .venv-test, the Python environment of the tests (a LiteLLM Proxy and the reference agent).
# It can run at any time: a complete environment is kept, and an incomplete one is created again.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
requirements="$root/test/python/requirements.txt"
venv="$root/.venv-test"
stamp="$venv/.requirements-stamp"
python="${PYTHON:-python3}"

fail() {
  printf 'setup-python: %s\n' "$*" >&2
  exit 1
}

sha256() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

refuse_malicious_litellm() {
  local file
  for file in "$requirements" "${requirements%.txt}.in"; do
    if grep -Eiq '^litellm(\[[^]]*\])?[[:space:]]*==[[:space:]]*(1\.82\.[78]|1\.107)([^0-9]|$)' "$file"; then
      fail "$file pins a forbidden litellm (1.82.7, 1.82.8 or 1.107.x). Nothing was installed."
    fi
  done
  grep -Eiq '^litellm==[0-9]' "$requirements" || fail "$requirements does not pin litellm exactly."
}

require_python() {
  command -v "$python" >/dev/null 2>&1 ||
    fail "'$python' was not found. Install Python 3.11 or newer, or set PYTHON to its path."
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$python" --version 2>&1) is too old: litellm needs Python 3.11 or newer. Set PYTHON to one."
}

[ -f "$requirements" ] || fail "$requirements is missing."
refuse_malicious_litellm
# The stamp includes the root, because a virtual environment cannot be moved.
wanted="$(sha256 "$requirements") $root"
if [ -x "$venv/bin/litellm" ] && [ -x "$venv/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi

require_python
rm -rf "$venv"
"$python" -m venv "$venv" || fail "could not make $venv (on Debian and Ubuntu: apt install python3-venv)."
# The lock file lists every package. The version search of pip fails if a version newer than the locked one has extras.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
  --no-deps --no-compile --require-hashes --only-binary :all: -r "$requirements"
printf '%s' "$wanted" >"$stamp"
printf 'setup-python: %s is ready\n' "$venv"
