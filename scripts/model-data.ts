import { readdir, readFile } from 'node:fs/promises'
import { providers } from '../src/litellm/routes/providers.js'

const root = new URL('..', import.meta.url)

const modes = new Set(['chat', 'responses', 'completion'])
/** Providers that are called directly, but not in the table of OpenAI-compatible providers. */
const otherProviders = [
  'anthropic',
  'bedrock',
  'bedrock_converse',
  'bedrock_mantle',
  'azure',
  'azure_ai',
  'snowflake',
]
const wanted = new Set([...otherProviders, ...Object.keys(providers)])
/** Matches entries that are not models: hourly commitments, price classes and tools. */
const notModels = /-month-commitment\/|^(together|fireworks)-ai-|^(openai|azure)\/container$/
const defaults: Readonly<Record<string, unknown>> = { mode: 'chat' }
const fieldsUsed = [
  /^mode$/,
  /^max_(input|output)_tokens$/,
  /^prompt_cache_min_tokens$/,
  /^deprecation_date$/,
  /^(input|output)_cost_per_token(_above_\d+k?_tokens)?$/,
  /^cache_(read|creation)_input_token_cost(_above_1hr)?(_above_\d+k?_tokens)?$/,
  /^output_cost_per_reasoning_token$/,
  /^tiered_pricing$/,
  /^use_openai_responses_path$/,
  /^supports_(function_calling|tool_choice|forced_tool_use|sampling_params|reasoning)$/,
  /^supports_(vision|pdf_input|audio_input|response_schema|native_structured_output|prompt_caching|prompt_cache_breakpoint)$/,
]

/** A model of LiteLLM's price map. */
type Entry = Readonly<Record<string, unknown>> & { mode: string; litellm_provider: string }

/**
 * Returns src/litellm/data/models.json, made from the price map inside the LiteLLM of the test
 * environment (scripts/setup-python.sh).
 */
export async function modelDataText(): Promise<string> {
  const version = await pinnedVersion()
  const map = JSON.parse(await readFile(await priceMap(version), 'utf8')) as Record<string, Entry>
  return encode(version, Object.entries(map).filter(isWanted))
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

function isWanted([name, entry]: [string, Entry]): boolean {
  return modes.has(entry.mode) && wanted.has(entry.litellm_provider) && !notModels.test(name)
}

/**
 * Writes every distinct entry once, as a row: the number of its shape, then its values. A shape lists
 * the fields that have values, those that are true and those that are false.
 */
function encode(version: string, entries: readonly [string, Entry][]): string {
  const fields: string[] = []
  const shapes = new Map<string, number>()
  const rows = new Map<string, number>()
  const models: Record<string, Record<string, number>> = {}
  for (const [name, entry] of entries) {
    const shape: [number[], number[], number[]] = [[], [], []]
    const values: string[] = []
    for (const field of Object.keys(entry).sort()) {
      const value = entry[field]
      if (value === null || value === defaults[field]) continue
      if (!fieldsUsed.some((used) => used.test(field))) continue
      const kind = value === true ? 1 : value === false ? 2 : 0
      shape[kind].push(numberOf(fields, field))
      if (kind === 0) values.push(short(value))
    }
    const row = `[${[indexIn(shapes, JSON.stringify(shape)), ...values].join(',')}]`
    const provider = entry.litellm_provider
    models[provider] ??= {}
    models[provider][withoutPrefix(name, provider)] = indexIn(rows, row)
  }
  return `{
"source":"LiteLLM model_prices_and_context_window",
"version":"${version}",
"licence":"MIT, Copyright (c) 2023 Berri AI",
"fields":${JSON.stringify(fields)},
"shapes":[
${[...shapes.keys()].join(',\n')}],
"rows":[
${[...rows.keys()].join(',\n')}],
"models":{
${Object.entries(models)
  .map(([provider, names]) => `${JSON.stringify(provider)}:${JSON.stringify(names)}`)
  .join(',\n')}}
}
`
}

/** Returns `/llama` for `groq/llama` of groq, and a bare name unchanged. */
function withoutPrefix(name: string, provider: string): string {
  return name.startsWith(`${provider}/`) ? name.slice(provider.length) : name
}

function numberOf(list: string[], item: string): number {
  return list.includes(item) ? list.indexOf(item) : list.push(item) - 1
}

function indexIn(map: Map<string, number>, key: string): number {
  const index = map.get(key) ?? map.size
  map.set(key, index)
  return index
}

/** Writes a number in the shorter of its two forms: 3e-6 is the same number as 0.000003. */
function short(value: unknown): string {
  const plain = JSON.stringify(value)
  if (typeof value !== 'number') return plain
  const exponential = value.toExponential().replace('e+', 'e')
  return exponential.length < plain.length ? exponential : plain
}
