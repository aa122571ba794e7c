import type { Usage } from '../../../agent/metrics/usage.js'
import { isJsonObject } from '../../../util/json.js'

/**
 * The usage of an OpenAI-format reply, in every shape LiteLLM and the compatible providers give it.
 * `prompt_tokens` includes cached tokens already. `null`: nothing usable was reported.
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
  // xAI counts what it thought beside the completion; everybody else inside it.
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

/** Whether sound is among the tokens: its prices are others than those of text. */
export function hasAudio(raw: unknown): boolean {
  if (!isJsonObject(raw)) return false
  const details = [raw.prompt_tokens_details, raw.completion_tokens_details]
  return details.some((one) => isJsonObject(one) && (count(one.audio_tokens) ?? 0) > 0)
}

/** Of the tokens written to the cache, those that stay for an hour. */
export function longWrites(raw: unknown): number | undefined {
  const prompt = isJsonObject(raw) ? raw.prompt_tokens_details : undefined
  const split = isJsonObject(prompt) ? prompt.cache_creation_token_details : undefined
  return isJsonObject(split) ? count(split.ephemeral_1h_input_tokens) : undefined
}

/** The cost in USD that LiteLLM, OpenRouter or Perplexity put beside the usage; `null`: none. */
export function reportedCost(raw: unknown): number | null {
  const told = isJsonObject(raw) ? raw.cost : undefined
  const cost = isJsonObject(told) ? told.total_cost : told
  return typeof cost === 'number' && Number.isFinite(cost) ? cost : null
}

/** A count of tokens; `undefined`: nothing that can be one. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
