#!/usr/bin/env bash
# Installs what the bench runs beside us into bench/.work: Node 24 and 20, the harness's client, the
# floors and Strands for TypeScript; with --py Strands for Python and a LiteLLM Proxy as well.
# Safe to run any time: what is there and unchanged stays.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=.work
python="${PYTHON:-python3}"
# The versions and hashes that the tests are held to.
lock=../test/python/requirements.txt
mkdir -p "$work"

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) platform=linux-x64 ;;
  Linux-aarch64 | Linux-arm64) platform=linux-arm64 ;;
  *) echo "setup: the bench reads /proc and needs Linux on x64 or arm64." >&2 && exit 1 ;;
esac

quietly() { "$@" >"$work/setup.log" 2>&1 || { cat "$work/setup.log" >&2 && exit 1; }; }

# done_before NAME FILE...: whether NAME was set up from these files as they are, in this place
done_before() {
  local name=$1
  shift
  wanted="$(pwd -P) $(cat "$@" | cksum)"
  [ "$(cat "$work/$name.stamp" 2>/dev/null)" = "$wanted" ]
}

for version in 24.21.0 20.20.2; do
  folder=$work/node${version%%.*}
  [ -x "$folder/bin/node" ] && continue
  quietly npm install --no-audit --no-fund --prefix "$folder" "node-$platform@$version"
  mkdir -p "$folder/bin"
  ln -sf "../node_modules/node-$platform/bin/node" "$folder/bin/node"
done

if ! done_before node setup.sh harness/* peers/floor/* peers/v2/* peers/ts/*; then
  rm -rf "$work/harness" "$work/peers"
  cp -R harness peers "$work/"
  for folder in harness peers/floor peers/v2 peers/ts; do
    quietly npm ci --no-audit --no-fund --prefix "$work/$folder"
  done
  banner='import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);'
  for entry in floor/best1 v2/best2; do
    name=$(basename "$entry")
    out=$work/peers/$(dirname "$entry")/dist-best
    "$work/harness/node_modules/.bin/esbuild" "$work/peers/$entry.mjs" --bundle --platform=node \
      --format=esm --target=node20 --splitting --minify --outdir="$out" \
      --out-extension:.js=.mjs --banner:js="$banner" --log-level=warning
    cat >"$out/start.mjs" <<END
const m = process.getBuiltinModule('node:module')
m.enableCompileCache?.(new URL('./.cache', import.meta.url).pathname)
await import('./$name.mjs')
END
  done
  printf '%s' "$wanted" >"$work/node.stamp"
fi

if [ "${1:-}" = --py ] && ! done_before py setup.sh "$lock"; then
  rm -rf "$work/venv"
  "$python" -m venv "$work/venv"
  quietly "$work/venv/bin/python" -m pip install --disable-pip-version-check --no-input \
    --no-deps --require-hashes --only-binary :all: -r "$lock"
  printf '%s' "$wanted" >"$work/py.stamp"
fi
