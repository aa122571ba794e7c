import type { Usage } from '../../agent/metrics/usage.js'
import type { JsonObject } from '../../util/json.js'
import type { Prices, TokenPrices } from '../models/prices.js'

/** Of `cacheWriteInputTokens`, those that are kept for an hour, where the provider tells them apart. */
export type BilledUsage = Usage & { readonly cacheWrite1hInputTokens?: number }

/**
 * What a call costs in USD, as LiteLLM's `completion_cost` has it. Pure. `null`: a price that is
 * needed is unknown; a price of tokens that there are none of is not needed.
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
 * What the cache saved in USD, against the same call without one: negative where writing cost more
 * than reading saved. `null`: unknown, also where the provider said nothing about its cache.
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
 * The most that one call can cost in USD. `cacheWrites` is the longest life that anything sent may
 * be written into the cache for; left out, the dearest that the model has. `null`: unknown.
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

/** Faster, slower and regional service costs what the price map's plain prices do not say. */
export function hasOtherPrice({
  service_tier,
  speed,
  inference_geo,
}: Readonly<JsonObject>): boolean {
  const usualTier =
    service_tier === undefined || service_tier === 'auto' || service_tier === 'default'
  return !usualTier || speed !== undefined || inference_geo !== undefined
}

/** The length of the whole input decides, and its prices hold for every token of the call. */
function ratesAt(inputTokens: number, prices: Prices): TokenPrices {
  return prices.tiers.find(({ fromInputTokens }) => inputTokens >= fromInputTokens) ?? prices
}

function inputParts(usage: BilledUsage) {
  const read = usage.cacheReadInputTokens ?? 0
  const allWritten = usage.cacheWriteInputTokens ?? 0
  const written1h = Math.min(usage.cacheWrite1hInputTokens ?? 0, allWritten)
  // Counts that contradict each other happen in streams, and are never billed below nothing.
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

/** Prices that are not named are no reason to doubt the usual one. */
function dearest(usual: number | null, others: readonly (number | null)[]): number | null {
  return usual === null ? null : Math.max(usual, ...others.map((price) => price ?? 0))
}
