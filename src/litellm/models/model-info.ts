import { isJsonObject, type JsonObject, type JsonValue } from '../../util/json.js'

import { type Prices, pricesOf } from './prices.js'

/** What is known of a model before it is called; `null`: nobody said. */
export interface ModelInfo {
  /** `responses` and `completion`: no chat completions, whatever the provider speaks for others. */
  readonly mode: string | null
  readonly contextTokens: number | null
  readonly maxOutputTokens: number | null
  readonly prices: Prices | null
  readonly supports: Supports
  /** The shortest prefix that a cache point keeps. */
  readonly minCacheTokens: number | null
  /** Bedrock's newer endpoint serves the model under `/openai/v1` alone. */
  readonly openaiPath: boolean | null
  /** `2027-02-17` */
  readonly deprecationDate: string | null
}

export interface Supports {
  readonly tools: boolean | null
  readonly toolChoice: boolean | null
  /** `false`: refuses a tool choice that forces a call. */
  readonly forcedToolUse: boolean | null
  /** `false`: refuses temperature and its kin. */
  readonly samplingParams: boolean | null
  readonly reasoning: boolean | null
  readonly vision: boolean | null
  readonly pdf: boolean | null
  readonly audio: boolean | null
  readonly responseSchema: boolean | null
  /** Constrains its answer to a schema by itself, without a forced tool. */
  readonly nativeOutput: boolean | null
  readonly caching: boolean | null
  /** Takes cache points on OpenAI's own wire. */
  readonly cacheBreakpoints: boolean | null
}

/** LiteLLM's, where a model caches and nothing says from what length. */
const usualMinCacheTokens = 1024

/** Pure. Of an entry of LiteLLM's price map. */
export function modelInfoOf(entry: JsonObject, provider: string): ModelInfo {
  const flag = (name: string) => boolean(entry[`supports_${name}`])
  const caching = flag('prompt_caching')
  return {
    mode: typeof entry.mode === 'string' ? entry.mode : null,
    contextTokens: count(entry.max_input_tokens),
    maxOutputTokens: count(entry.max_output_tokens),
    prices: pricesOf(entry, provider),
    supports: {
      tools: flag('function_calling'),
      toolChoice: flag('tool_choice'),
      forcedToolUse: flag('forced_tool_use'),
      samplingParams: flag('sampling_params'),
      reasoning: flag('reasoning'),
      vision: flag('vision'),
      pdf: flag('pdf_input'),
      audio: flag('audio_input'),
      responseSchema: flag('response_schema'),
      nativeOutput: flag('native_structured_output'),
      caching,
      cacheBreakpoints: flag('prompt_cache_breakpoint'),
    },
    minCacheTokens: caching ? (count(entry.prompt_cache_min_tokens) ?? usualMinCacheTokens) : null,
    openaiPath: boolean(entry.use_openai_responses_path),
    deprecationDate: typeof entry.deprecation_date === 'string' ? entry.deprecation_date : null,
  }
}

/**
 * Pure. Of one entry of a proxy's `/v1/model/info`, whose own prices (in `litellm_params`) go before
 * the public ones; `null`: no such entry. LiteLLM writes 0 for a price it does not know, so that
 * nothing but zeros says nothing.
 */
export function proxyModelInfo(entry: unknown): ModelInfo | null {
  if (!isJsonObject(entry) || !isJsonObject(entry.model_info)) return null
  const raw = { ...entry.model_info, ...ownPrices(entry.litellm_params) }
  const info = modelInfoOf(
    raw,
    typeof raw.litellm_provider === 'string' ? raw.litellm_provider : '',
  )
  const { prices } = info
  const priced = prices && (prices.input || prices.output || prices.tiers.length > 0)
  return priced ? info : { ...info, prices: null }
}

function ownPrices(params: JsonValue | undefined): JsonObject {
  const all = isJsonObject(params) ? Object.entries(params) : []
  return Object.fromEntries(
    all.filter(
      ([key, value]) => /_cost(_per_|_above_|$)|^tiered_pricing$/.test(key) && value !== null,
    ),
  )
}

/**
 * Pure. Fills what one source leaves open from another; never the prices, which hold only where they
 * were told. A proxy does not tell everything that the price map says of the model behind a name.
 */
export function filledFrom(info: ModelInfo, other: ModelInfo): ModelInfo {
  return {
    ...filledIn(info, other),
    prices: info.prices,
    supports: filledIn(info.supports, other.supports),
  }
}

function filledIn<T extends object>(first: T, second: T): T {
  const told = Object.entries(first).filter(([, value]) => value !== null)
  return { ...second, ...Object.fromEntries(told) }
}

function count(value: JsonValue | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null
}

function boolean(value: JsonValue | undefined): boolean | null {
  return typeof value === 'boolean' ? value : null
}
