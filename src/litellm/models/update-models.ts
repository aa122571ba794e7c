import { AgentError, configurationError } from '../../agent/errors.js'
import { parseJsonObject } from '../../util/json.js'
import { networkFetch } from '../../util/network/fetch.js'
import { ProxyError } from '../../util/network/proxy-error.js'
import { encodePriceMap, usableEntries } from './encode-price-map.js'
import { allModels } from './model-data.js'
import { storedMapFile } from './stored-map.js'

type Environment = Readonly<Record<string, string | undefined>>

const variable = 'LITELLM_MODEL_COST_MAP_URL'
const usualUrl =
  'https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json'
const timeoutMs = 60_000
/** Ten times the size of the map in 2026. */
const maxBytes = 20 * 1024 * 1024

export interface ModelUpdate {
  /** The address, without credentials and query. */
  source: string
  date: string
  /** The number of models that can be called directly. */
  models: number
  /** The ids that were unknown before. */
  added: string[]
  file: string
}

/**
 * Fetches LiteLLM's price map and stores what is used of it. The stored map is read when a process
 * needs model data for the first time. Throws an AgentError, and keeps the stored map, if the address
 * does not return a price map.
 */
export async function updateModels(env: Environment): Promise<ModelUpdate> {
  const url = addressOf(env)
  const source = `${url.origin}${url.pathname}`
  const map = parseJsonObject(await fetched(url, source))
  const entries = usableEntries(map ?? {})
  if (entries.length === 0) throw notAMap(source)
  const known = new Set((await allModels()).map(({ modelId }) => modelId))
  const date = new Date().toISOString().slice(0, 10)
  const file = storedMapFile(env)
  await store(file, encodePriceMap({ source, date }, entries))
  const ids = entries.map(([name, { litellm_provider: provider }]) =>
    name.startsWith(`${provider}/`) ? name : `${provider}/${name}`,
  )
  const added = [...new Set(ids)].filter((id) => !known.has(id))
  return { source, date, models: entries.length, added, file }
}

function addressOf(env: Environment): URL {
  const text = env[variable] || usualUrl
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol)) return url
  throw configurationError(
    `${variable} is not an address of the web.`,
    'Set it to an address that begins with https:// or http://, or remove it.',
  )
}

async function fetched(url: URL, source: string): Promise<string> {
  const { username, password } = url
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const headers: Record<string, string> =
    username || password ? { authorization: `Basic ${Buffer.from(login).toString('base64')}` } : {}
  try {
    const response = await networkFetch(bare, { headers, signal: AbortSignal.timeout(timeoutMs) })
    if (!response.ok) {
      await response.body?.cancel()
      throw unreachable(source, `answered with HTTP status ${response.status}`)
    }
    return await limitedText(response, source)
  } catch (error) {
    if (error instanceof AgentError) throw error
    if (error instanceof ProxyError) throw unreachable(source, error.message)
    const reason = error instanceof Error ? (error.cause ?? error) : error
    const isSlow = reason instanceof Error && reason.name === 'TimeoutError'
    if (isSlow) throw unreachable(source, `did not answer within ${timeoutMs / 1000} s`)
    throw unreachable(
      source,
      `cannot be reached: ${reason instanceof Error ? reason.message : reason}`,
    )
  }
}

async function limitedText(response: Response, source: string): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.byteLength
    if (bytes > maxBytes) throw notAMap(source, `It is longer than ${maxBytes / 1024 / 1024} MiB.`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** Replaces the stored map as a whole, so that no process reads half of it. */
async function store(file: string, text: string): Promise<void> {
  const { mkdir, rename, rm, writeFile } = process.getBuiltinModule('node:fs/promises')
  const { dirname } = process.getBuiltinModule('node:path')
  const partial = `${file}.${process.pid}.tmp`
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(partial, text)
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {})
    const reason = error instanceof Error ? error.message : String(error)
    throw configurationError(
      `The model data cannot be stored: ${reason}`,
      'Make the folder writable for this user.',
    )
  }
}

function unreachable(source: string, what: string): AgentError {
  return new AgentError({
    code: 'connection',
    message: `${source} ${what}.`,
    hint: `Check the network and its proxy, or set ${variable}. The model data in use stays.`,
    retryable: true,
    unsent: true,
  })
}

function notAMap(source: string, detail = 'It has no models that can be called.'): AgentError {
  return new AgentError({
    code: 'providerError',
    message: `${source} is not a price map of LiteLLM. ${detail}`,
    hint: `Set ${variable} to an address of model_prices_and_context_window.json. The model data in use stays.`,
    unsent: true,
  })
}
