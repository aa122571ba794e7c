import type { Usage } from '../../agent/metrics/usage.js'
import type { JsonObject } from '../../util/json.js'
import type { Prices, TokenPrices } from '../models/prices.js'

/**
 * Adds the part of `cacheWriteInputTokens` that is cached for an hour, if the provider reports it
 * separately.
 */
export type BilledUsage = Usage & { readonly cacheWrite1hInputTokens?: number }

/**
 * Returns the cost of a call in USD, by the rules of LiteLLM's `completion_cost`. Pure. Returns
 * `null` if a required price is unknown. The price of a token kind with no tokens is not required.
 */
export function computeCost(usage: BilledUsage, prices: Prices | null): number | null {
  if (prices === null) return null
  const rates = ratesAt(usage.inputTokens, prices)
  const { plain, read, written, written1h } = inputParts(usage)
  const reasoning = usage.reasoningTokens ?? 0
  return sum(
    times(plain, rates.input),
    times(read, rates.cacheRead),
    times(written, rates.cacheWrite),
    times(written1h, rates.cacheWrite1h),
    times(Math.max(usage.outputTokens - reasoning, 0), rates.output),
    times(reasoning, rates.reasoning),
  )
}

/**
 * Returns what the cache saved in USD, compared with the same call without a cache. The result is
 * negative if writing cost more than reading saved. Returns `null` if it is unknown, or if the
 * provider reported nothing about its cache.
 */
export function savedUsd(usage: BilledUsage, prices: Prices | null): number | null {
  if (prices === null) return null
  const { cacheReadInputTokens, cacheWriteInputTokens } = usage
  if (cacheReadInputTokens === undefined && cacheWriteInputTokens === undefined) return null
  const rates = ratesAt(usage.inputTokens, prices)
  const { read, written, written1h } = inputParts(usage)
  return sum(
    times(read, less(rates.input, rates.cacheRead)),
    times(written, less(rates.input, rates.cacheWrite)),
    times(written1h, less(rates.input, rates.cacheWrite1h)),
  )
}

/**
 * Returns the maximum cost of one call in USD; `null` if it is unknown. `cacheWrites` is the
 * longest cache lifetime that the request may use. The default is the most expensive that the model
 * has.
 */
export function maxCallCost(
  inputTokens: number,
  maxOutputTokens: number,
  prices: Prices | null,
  cacheWrites: 'none' | '5m' | '1h' = '1h',
): number | null {
  if (prices === null) return null
  const { input, output, reasoning, cacheWrite, cacheWrite1h } = ratesAt(inputTokens, prices)
  const writes = { none: [], '5m': [cacheWrite], '1h': [cacheWrite, cacheWrite1h] }[cacheWrites]
  return sum(
    times(inputTokens, dearest(input, writes)),
    times(maxOutputTokens, dearest(output, [reasoning])),
  )
}

/**
 * Returns whether the call uses a faster, slower or regional service. The price map's standard
 * prices do not apply to these.
 */
export function hasOtherPrice({
  service_tier,
  speed,
  inference_geo,
}: Readonly<JsonObject>): boolean {
  const usualTier =
    service_tier === undefined || service_tier === 'auto' || service_tier === 'default'
  return !usualTier || speed !== undefined || inference_geo !== undefined
}

/** Returns the prices for an input of this length. They apply to every token of the call. */
function ratesAt(inputTokens: number, prices: Prices): TokenPrices {
  return prices.tiers.find(({ fromInputTokens }) => inputTokens >= fromInputTokens) ?? prices
}

function inputParts(usage: BilledUsage) {
  const read = usage.cacheReadInputTokens ?? 0
  const allWritten = usage.cacheWriteInputTokens ?? 0
  const written1h = Math.min(usage.cacheWrite1hInputTokens ?? 0, allWritten)
  // Streams can report contradictory counts, so the result is limited to 0 or more.
  const plain = Math.max(usage.inputTokens - read - allWritten, 0)
  return { plain, read, written: allWritten - written1h, written1h }
}

function times(tokens: number, price: number | null): number | null {
  return tokens === 0 ? 0 : price === null ? null : tokens * price
}

function sum(...costs: (number | null)[]): number | null {
  return costs.reduce((total, cost) => (total === null || cost === null ? null : total + cost), 0)
}

function less(price: number | null, other: number | null): number | null {
  return price === null || other === null ? null : price - other
}

/** Returns the highest of the prices. Unknown prices in `others` are ignored. */
function dearest(usual: number | null, others: readonly (number | null)[]): number | null {
  return usual === null ? null : Math.max(usual, ...others.map((price) => price ?? 0))
}
