import { isJsonObject, type JsonObject, type JsonValue } from '../../util/json.js'

import { type Prices, pricesOf } from './prices.js'

/** Describes a model before it is called. A value is `null` if no source provides it. */
export interface ModelInfo {
  /**
   * The API mode of the model. Models with mode `responses` or `completion` do not support chat
   * completions, even if their provider does.
   */
  readonly mode: string | null
  readonly contextTokens: number | null
  readonly maxOutputTokens: number | null
  readonly prices: Prices | null
  readonly supports: Supports
  /** The minimum length of a prefix, in tokens, that a cache point caches. */
  readonly minCacheTokens: number | null
  /** Whether Bedrock's newer endpoint serves the model only under `/openai/v1`. */
  readonly openaiPath: boolean | null
  /** The deprecation date, such as `2027-02-17`. */
  readonly deprecationDate: string | null
  /** The known model whose properties these are, if the model itself is unknown. */
  readonly likeModel?: string
}

export interface Supports {
  readonly tools: boolean | null
  readonly toolChoice: boolean | null
  /** `false` if the model refuses a tool choice that forces a call. */
  readonly forcedToolUse: boolean | null
  /** `false` if the model refuses sampling parameters such as temperature. */
  readonly samplingParams: boolean | null
  readonly reasoning: boolean | null
  readonly vision: boolean | null
  readonly pdf: boolean | null
  readonly audio: boolean | null
  readonly responseSchema: boolean | null
  /** Whether the model constrains its answer to a schema without a forced tool. */
  readonly nativeOutput: boolean | null
  readonly caching: boolean | null
  /** Whether the model supports cache points on OpenAI's own wire. */
  readonly cacheBreakpoints: boolean | null
}

/** LiteLLM's default for a model that supports caching but has no minimum in the price map. */
const usualMinCacheTokens = 1024

/** Returns the model information of an entry in LiteLLM's price map. Pure. */
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
 * Returns the model information of one entry in a proxy's `/v1/model/info`; `null` if the entry is
 * invalid. Pure. The proxy's own prices in `litellm_params` take precedence over the public prices.
 * LiteLLM reports unknown prices as 0, so an entry whose prices are all 0 is treated as having
 * none.
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
 * Returns the information with unknown values filled in from another source. Pure. Prices are not
 * filled in, because they apply only to the source that reported them. A proxy does not report
 * everything that the price map contains for the model behind a name.
 */
export function filledFrom(info: ModelInfo, other: ModelInfo): ModelInfo {
  return {
    ...filledIn(info, other),
    prices: info.prices,
    supports: filledIn(info.supports, other.supports),
  }
}

/** Returns the first object with its null values taken from the second one. */
export function filledIn<T extends object>(first: T, second: T): T {
  const told = Object.entries(first).filter(([, value]) => value !== null)
  return { ...second, ...Object.fromEntries(told) }
}

function count(value: JsonValue | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null
}

function boolean(value: JsonValue | undefined): boolean | null {
  return typeof value === 'boolean' ? value : null
}
