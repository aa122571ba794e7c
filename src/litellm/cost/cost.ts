import type { Usage } from '../../agent/metrics/usage.js'
import type { JsonObject, JsonValue } from '../../util/json.js'
import type { Prices, TokenPrices } from '../models/prices.js'

/** Holds counts that have prices of their own. */
export interface BilledApart {
  readonly audioInputTokens?: number
  readonly audioOutputTokens?: number
  readonly imageOutputTokens?: number
  readonly searches?: number
  /** Input that was written to a cache by a request of its own, at the price of input. */
  readonly cacheCreationTokens?: number
  /** Whether the call has a part whose price is never known, such as seconds of audio. */
  readonly hasUnknownPrice?: boolean
}

/**
 * Adds the part of `cacheWriteInputTokens` that is cached for an hour, if the provider reports it
 * separately, and the other counts with prices of their own.
 */
export type BilledUsage = Usage & BilledApart & { readonly cacheWrite1hInputTokens?: number }

/**
 * Returns the cost of a call in USD, by the rules of LiteLLM's `completion_cost`. Pure. Returns
 * `null` if a required price is unknown. The price of a token kind with no tokens is not required.
 */
export function computeCost(usage: BilledUsage, prices: Prices | null): number | null {
  // A call has input. A count of 0 is a missing one.
  if (prices === null || usage.hasUnknownPrice || isMissingInput(usage)) return null
  const rates = ratesAt(usage.inputTokens, prices)
  const { plain, read, written, written1h } = inputParts(usage)
  const { audioInputTokens: audioIn = 0, searches = 0 } = usage
  const { audioOutputTokens: audioOut = 0, imageOutputTokens: images = 0 } = usage
  const reasoning = usage.reasoningTokens ?? 0
  const { audioInput = null, audioOutput = null, imageOutput = null, search = null } = prices
  // Which of the cached tokens are audio is not reported.
  if (audioIn > 0 && read + written + written1h > 0) return null
  return sum(
    times(Math.max(plain - audioIn, 0), rates.input),
    times(audioIn, audioInput),
    times(searches, search),
    times(usage.cacheCreationTokens ?? 0, rates.input),
    times(audioOut, audioOutput),
    times(images, imageOutput),
    times(read, rates.cacheRead),
    times(written, rates.cacheWrite),
    times(written1h, rates.cacheWrite1h),
    times(Math.max(usage.outputTokens - reasoning - audioOut - images, 0), rates.output),
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

/** The tiers whose prices are the standard ones, in the words of several providers. */
const usualTiers = new Set(['auto', 'default', 'standard', 'on_demand', 'standard_only'])

/**
 * Returns the prices of the service that a call uses: the standard ones, those of its tier, or
 * `null` if they are unknown, as those of faster or regional services are.
 */
export function pricesOfTier(
  prices: Prices,
  { service_tier: tier, speed, inference_geo }: Readonly<JsonObject>,
): Prices | null {
  if (isGiven(speed) || isGiven(inference_geo)) return null
  if (isUsualTier(tier)) return prices
  return prices.services?.[String(tier)] ?? null
}

/** Returns whether the standard prices may not apply to a call with these parameters. */
export function hasOtherPrice(body: Readonly<JsonObject>): boolean {
  return isGiven(body.speed) || isGiven(body.inference_geo) || !isUsualTier(body.service_tier)
}

function isUsualTier(tier: JsonValue | undefined): boolean {
  return !isGiven(tier) || usualTiers.has(String(tier))
}

function isGiven(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== ''
}

function isMissingInput({ inputTokens, outputTokens }: Usage): boolean {
  return inputTokens === 0 && outputTokens > 0
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
