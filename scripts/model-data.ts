import { readdir, readFile } from 'node:fs/promises'
import { encodePriceMap, usableEntries } from '../src/litellm/models/encode-price-map.js'
import type { JsonObject } from '../src/util/json.js'

const root = new URL('..', import.meta.url)

/**
 * Returns src/litellm/data/models.json, made from the price map inside the LiteLLM of the test
 * environment (scripts/setup-python.sh).
 */
export async function modelDataText(): Promise<string> {
  const version = await pinnedVersion()
  const map = JSON.parse(await readFile(await priceMap(version), 'utf8')) as JsonObject
  return encodePriceMap(
    { source: `LiteLLM ${version}`, date: released(version) },
    usableEntries(map),
  )
}

/** The days on which PyPI got the pinned releases. A release does not contain its own date. */
const releases: Readonly<Record<string, string>> = { '1.102.4': '2026-10-08' }

function released(version: string): string {
  const date = releases[version]
  if (date === undefined)
    throw new Error(`Add the release date of LiteLLM ${version} to scripts/model-data.ts.`)
  return date
}

async function pinnedVersion(): Promise<string> {
  const pins = await readFile(new URL('test/python/requirements.txt', root), 'utf8')
  return /^litellm==([\d.]+)/m.exec(pins)?.[1] ?? 'unknown'
}

async function priceMap(version: string): Promise<URL> {
  const lib = new URL('.venv-test/lib/', root)
  const [python]: string[] = await readdir(lib).catch(() => [])
  const packages = new URL(`${python}/site-packages/`, lib)
  const installed: string[] = await readdir(packages).catch(() => [])
  if (!installed.includes(`litellm-${version}.dist-info`))
    throw new Error(`LiteLLM ${version} is not installed. Run bash scripts/setup-python.sh.`)
  return new URL('litellm/model_prices_and_context_window_backup.json', packages)
}
