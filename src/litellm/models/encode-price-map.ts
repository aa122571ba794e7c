import { isJsonObject, type JsonObject } from '../../util/json.js'
import { providers } from '../routes/providers.js'
import type { PriceMap } from './price-map.js'

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
  'vertex_ai',
]
const wanted = new Set([...otherProviders, ...Object.keys(providers)])
/**
 * Matches entries that are not models: hourly commitments, price classes and tools. The last names
 * are models of Google's former PaLM API.
 */
const notModels =
  /-month-commitment\/|^(together|fireworks)-ai-|^(openai|azure)\/container$|^(medlm-|text-unicorn)/
const defaults: Readonly<Record<string, unknown>> = { mode: 'chat' }
/** The fields of LiteLLM's `model_info` that are used. */
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

/** Returns whether a field of LiteLLM's `model_info` has an effect. */
function isUsedField(name: string): boolean {
  return fieldsUsed.some((used) => used.test(name))
}

/** A model of LiteLLM's price map. */
type Entry = JsonObject & { mode: string; litellm_provider: string }

/** Returns the entries of LiteLLM's price map for models that can be called directly. Pure. */
export function usableEntries(map: JsonObject): [string, Entry][] {
  return Object.entries(map).flatMap(([name, entry]): [string, Entry][] => {
    if (!isJsonObject(entry) || notModels.test(name)) return []
    // Maps of one's own may leave these two out.
    const { litellm_provider: owner = name.split('/')[0], mode = 'chat' } = entry
    // The map divides the models of Vertex AI by their makers, such as `vertex_ai-llama_models`.
    const provider = typeof owner === 'string' ? owner.replace(/^vertex_ai-.*/, 'vertex_ai') : owner
    if (typeof mode !== 'string' || !modes.has(mode)) return []
    if (typeof provider !== 'string' || !wanted.has(provider)) return []
    return hasValidNumbers(entry) ? [[name, { ...entry, mode, litellm_provider: provider }]] : []
  })
}

/** Returns whether prices and lengths are numbers. A negative price would pay for a run. */
function hasValidNumbers(entry: JsonObject): boolean {
  return Object.entries(entry).every(
    ([field, value]) =>
      !/^max_|_cost(_|$)|_tokens$/.test(field) ||
      !isUsedField(field) ||
      value === null ||
      (typeof value === 'number' && Number.isFinite(value) && value >= 0),
  )
}

/**
 * Writes every distinct entry once, as a row: the number of its shape, then its values. A shape lists
 * the fields that have values, those that are true and those that are false. Pure.
 */
export function encodePriceMap(
  { source, date }: Pick<PriceMap, 'source' | 'date'>,
  entries: readonly [string, Entry][],
): string {
  const fields: string[] = []
  const shapes = new Map<string, number>()
  const rows = new Map<string, number>()
  const models: Record<string, Record<string, number>> = {}
  for (const [name, entry] of entries) {
    const shape: [number[], number[], number[]] = [[], [], []]
    const values: string[] = []
    for (const field of Object.keys(entry).sort()) {
      const value = entry[field]
      if (value === null || value === undefined || value === defaults[field]) continue
      if (!isUsedField(field)) continue
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
"source":${JSON.stringify(source)},
"date":${JSON.stringify(date)},
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
