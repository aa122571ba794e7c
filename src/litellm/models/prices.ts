import { isJsonObject, type JsonObject, type JsonValue } from '../../util/json.js'

/** Holds the price in USD of one token of each kind. A price is `null` if it is unknown. */
export interface TokenPrices {
  readonly input: number | null
  readonly output: number | null
  readonly cacheRead: number | null
  readonly cacheWrite: number | null
  readonly cacheWrite1h: number | null
  readonly reasoning: number | null
}

/**
 * Holds the prices of calls with at least `fromInputTokens` of input. These prices apply to the
 * whole call.
 */
export interface PriceTier extends TokenPrices {
  readonly fromInputTokens: number
}

export interface Prices extends TokenPrices {
  /** Lists the price tiers, longest input first. */
  readonly tiers: readonly PriceTier[]
  /** The price of a token of audio or of an image, and of a web search, if they are known. */
  readonly audioInput?: number | null
  readonly audioOutput?: number | null
  readonly imageOutput?: number | null
  readonly search?: number | null
  /** The prices of service tiers such as `flex` and `priority`. */
  readonly services?: Readonly<Record<string, Prices>>
}

const free: Prices = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  reasoning: 0,
  tiers: [],
}

/**
 * Returns the prices of an entry in LiteLLM's price map, by LiteLLM's rules; `null` if it has none.
 * Unlike in LiteLLM, a missing price is unknown and not 0.
 */
export function pricesOf(entry: JsonObject, provider: string): Prices | null {
  if (provider === 'lemonade') return free
  const rules = providerRules(provider)
  const base = namedPrices(entry, '')
  const tiers = untiered.has(provider)
    ? []
    : [...rangeTiers(entry, base), ...thresholdTiers(entry, base, provider)]
  if (base.input === null && base.output === null && tiers.length === 0) return null
  return {
    ...rules(base),
    ...otherPrices(entry),
    ...servicePrices(entry, provider),
    tiers: tiers
      .map((tier) => ({ ...tier, ...rules(tier) }))
      .sort((a, b) => b.fromInputTokens - a.fromInputTokens),
  }
}

/** Returns the prices of what is not text. */
function otherPrices(entry: JsonObject): Partial<Prices> {
  const { search_context_cost_per_query: search } = entry
  const searches = isJsonObject(search) ? Object.values(search).map((value) => price(value)) : []
  const [first] = searches
  // The size of the context that was searched is not reported, so several prices are none.
  const same = searches.every((other) => other === first)
  const known = {
    audioInput: price(entry.input_cost_per_audio_token),
    audioOutput: price(entry.output_cost_per_audio_token),
    imageOutput: price(entry.output_cost_per_image_token),
    search: same ? (first ?? null) : null,
  }
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null))
}

const services = ['flex', 'priority']

/** Returns the prices of the tiers that the entry names by a suffix. Other prices are unknown. */
function servicePrices(entry: JsonObject, provider: string): Partial<Prices> {
  const found = services.flatMap((name): [string, Prices][] => {
    const suffix = `_${name}`
    const own = Object.entries(entry).flatMap(([key, value]) =>
      key.endsWith(suffix) ? [[key.slice(0, -suffix.length), value] as const] : [],
    )
    const prices = own.length > 0 ? pricesOf(Object.fromEntries(own), provider) : null
    return prices ? [[name, prices]] : []
  })
  return found.length > 0 ? { services: Object.fromEntries(found) } : {}
}

function namedPrices(entry: JsonObject, above: string): TokenPrices {
  const output = price(entry[`output_cost_per_token${above}`])
  return {
    input: price(entry[`input_cost_per_token${above}`]),
    output,
    cacheRead: price(entry[`cache_read_input_token_cost${above}`]),
    cacheWrite: price(entry[`cache_creation_input_token_cost${above}`]),
    cacheWrite1h: price(entry[`cache_creation_input_token_cost_above_1hr${above}`]),
    reasoning: price(entry.output_cost_per_reasoning_token) ?? output,
  }
}

/**
 * Returns the tiers of fields such as `input_cost_per_token_above_200k_tokens`. Prices that a tier
 * omits are the base prices.
 */
function thresholdTiers(entry: JsonObject, base: TokenPrices, provider: string): PriceTier[] {
  return Object.keys(entry).flatMap((key) => {
    const [, above, digits, k] = /^input_cost_per_token(_above_(\d+)(k?)_tokens)$/.exec(key) ?? []
    if (above === undefined || price(entry[key]) === null) return []
    const threshold = Number(digits) * (k ? 1000 : 1)
    // xAI's higher price starts at the threshold. For all other providers it starts above the
    // threshold.
    const fromInputTokens = provider === 'xai' ? threshold : threshold + 1
    return [{ fromInputTokens, ...filled(namedPrices(entry, above), base) }]
  })
}

/**
 * Returns the tiers of `tiered_pricing`, which has one entry for each range of input lengths. Cache
 * prices that a tier omits are its input price.
 */
function rangeTiers(entry: JsonObject, base: TokenPrices): PriceTier[] {
  const ranges = Array.isArray(entry.tiered_pricing) ? entry.tiered_pricing : []
  return ranges.filter(isJsonObject).flatMap((range) => {
    const above = Array.isArray(range.range) ? range.range[0] : undefined
    const named = namedPrices(range, '')
    if (typeof above !== 'number' || named.input === null) return []
    const cacheWrite = named.cacheWrite ?? named.input
    return [
      {
        fromInputTokens: above + 1,
        ...filled(named, {
          ...base,
          cacheRead: named.input,
          cacheWrite,
          cacheWrite1h: cacheWrite,
        }),
      },
    ]
  })
}

function filled(prices: TokenPrices, base: TokenPrices): TokenPrices {
  return {
    input: prices.input ?? base.input,
    output: prices.output ?? base.output,
    cacheRead: prices.cacheRead ?? base.cacheRead,
    cacheWrite: prices.cacheWrite ?? base.cacheWrite,
    cacheWrite1h: prices.cacheWrite1h ?? base.cacheWrite1h,
    reasoning: prices.reasoning ?? base.reasoning,
  }
}

/** Lists the providers whose prices do not depend on length, regardless of the price map. */
const untiered = new Set(['fireworks_ai', 'perplexity'])

type Rules = (prices: TokenPrices) => TokenPrices

/**
 * Returns the rules of LiteLLM's provider-specific cost calculator, where they differ from its
 * general one.
 */
function providerRules(provider: string): Rules {
  switch (provider) {
    case 'fireworks_ai':
      return ({ input, output, ...prices }) => ({
        input,
        output,
        cacheRead: prices.cacheRead ?? input,
        cacheWrite: input,
        cacheWrite1h: input,
        reasoning: output,
      })
    case 'perplexity':
      return ({ input, output, reasoning }) => ({
        input,
        output,
        cacheRead: input,
        cacheWrite: input,
        cacheWrite1h: input,
        reasoning,
      })
    case 'dashscope':
    case 'qwencloud':
    case 'qwen_ai_platform':
      return cacheAsInput
    case 'xai':
      return (prices) => ({ ...prices, reasoning: prices.output })
    default:
      return (prices) => prices
  }
}

function cacheAsInput(prices: TokenPrices): TokenPrices {
  const cacheWrite = prices.cacheWrite ?? prices.input
  return {
    ...prices,
    cacheRead: prices.cacheRead ?? prices.input,
    cacheWrite,
    cacheWrite1h: cacheWrite,
  }
}

/** Parses a price. The configuration of a proxy may contain prices as strings. */
function price(value: JsonValue | undefined): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}
