import type { Usage } from '../../../agent/metrics/usage.js'
import { isJsonObject } from '../../../util/json.js'

/**
 * Returns the usage of an OpenAI-format response, in any form of LiteLLM and the compatible
 * providers. `prompt_tokens` already includes cached tokens. Returns `null` if no usable count was
 * reported.
 */
export function chatUsage(raw: unknown): Usage | null {
  if (!isJsonObject(raw)) return null
  const input = count(raw.prompt_tokens)
  const output = count(raw.completion_tokens)
  if (input === undefined && output === undefined) return null
  const prompt = isJsonObject(raw.prompt_tokens_details) ? raw.prompt_tokens_details : {}
  const completion = isJsonObject(raw.completion_tokens_details)
    ? raw.completion_tokens_details
    : {}
  const read =
    count(prompt.cached_tokens) ??
    count(raw.cache_read_input_tokens) ??
    count(raw.prompt_cache_hit_tokens)
  const written =
    count(prompt.cache_creation_tokens) ??
    count(prompt.cache_write_tokens) ??
    count(raw.cache_creation_input_tokens)
  const reasoning = count(completion.reasoning_tokens)
  const total = count(raw.total_tokens)
  // xAI does not count reasoning tokens in the completion. All other providers do.
  const apart = reasoning && total === (input ?? 0) + (output ?? 0) + reasoning ? reasoning : 0
  const outputTokens = (output ?? 0) + apart
  return {
    inputTokens: input ?? 0,
    outputTokens,
    totalTokens: total ?? (input ?? 0) + outputTokens,
    ...(read !== undefined && { cacheReadInputTokens: read }),
    ...(written !== undefined && { cacheWriteInputTokens: written }),
    ...(reasoning && { reasoningTokens: reasoning }),
  }
}

/** Returns whether the counts include audio tokens, which have different prices than text. */
export function hasAudio(raw: unknown): boolean {
  if (!isJsonObject(raw)) return false
  const details = [raw.prompt_tokens_details, raw.completion_tokens_details]
  return details.some((one) => isJsonObject(one) && (count(one.audio_tokens) ?? 0) > 0)
}

/** Returns the part of the written cache tokens that is cached for an hour. */
export function longWrites(raw: unknown): number | undefined {
  const prompt = isJsonObject(raw) ? raw.prompt_tokens_details : undefined
  const split = isJsonObject(prompt) ? prompt.cache_creation_token_details : undefined
  return isJsonObject(split) ? count(split.ephemeral_1h_input_tokens) : undefined
}

/**
 * Returns the cost in USD that LiteLLM, OpenRouter or Perplexity adds to the usage; `null` if there
 * is none.
 */
export function reportedCost(raw: unknown): number | null {
  const told = isJsonObject(raw) ? raw.cost : undefined
  const cost = isJsonObject(told) ? told.total_cost : told
  return typeof cost === 'number' && Number.isFinite(cost) ? cost : null
}

/** Returns a token count; `undefined` if the value is not a valid count. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
