import type { Usage } from '../../../agent/metrics/usage.js'
import { isJsonObject, type JsonObject } from '../../../util/json.js'
import type { BilledApart } from '../../cost/cost.js'

/**
 * The names of each count, in the order in which they count. A name with a dot is inside an object
 * of details. The sources are LiteLLM's forms and the providers' own.
 */
const names = {
  input: ['prompt_tokens', 'input_tokens'],
  output: ['completion_tokens', 'output_tokens'],
  read: [
    'prompt.cached_tokens',
    'prompt.cache_read_tokens',
    'cache_read_input_tokens',
    'prompt_cache_hit_tokens', // DeepSeek
    'cached_tokens', // Moonshot, Together
    'num_cached_tokens', // Mistral
    'cached_prompt_tokens',
    'cached_input_tokens',
    'cached_content_token_count',
  ],
  written: [
    'prompt.cache_creation_tokens',
    'prompt.cache_write_tokens', // OpenAI, OpenRouter
    'prompt.cache_creation_input_tokens', // DashScope
    'cache_creation_input_tokens',
    'cache_write_tokens',
    'cache_write_input_tokens',
  ],
  reasoning: [
    'completion.reasoning_tokens',
    'completion.thinking_tokens',
    'reasoning_tokens', // Perplexity, SGLang
    'thinking_tokens',
    'thoughts_token_count', // Google
  ],
  searches: [
    'server.web_search_requests', // Anthropic
    'prompt.web_search_requests', // LiteLLM, for Gemini and Perplexity
    'num_search_queries', // Perplexity
    'num_sources_used', // xAI
    'web_search_requests',
  ],
} satisfies Record<string, readonly string[]>

interface Counts {
  count: (kind: keyof typeof names) => number | undefined
  prompt: JsonObject
  completion: JsonObject
}

function countsOf(raw: JsonObject): Counts {
  const prompt = objectAt(raw, 'prompt_tokens_details', 'input_tokens_details')
  const completion = objectAt(raw, 'completion_tokens_details', 'output_tokens_details')
  const holders: Record<string, JsonObject> = {
    prompt,
    completion,
    server: objectAt(raw, 'server_tool_use', 'server_tool_use_details'),
  }
  return {
    prompt,
    completion,
    count: (kind) => {
      for (const name of names[kind]) {
        const [holder, inner] = name.split('.')
        const value = inner === undefined ? raw[name] : holders[holder as string]?.[inner]
        if (count(value) !== undefined) return count(value)
      }
      return undefined
    },
  }
}

/**
 * Returns the usage of an OpenAI-format response, in any form of LiteLLM and the compatible
 * providers. `inputTokens` includes cached tokens. Returns `null` if no usable count was reported.
 * Counts that are all 0 are not usable, because a call has input.
 */
export function chatUsage(raw: unknown): Usage | null {
  if (!isJsonObject(raw)) return null
  const { count: counted } = countsOf(raw)
  const input = counted('input')
  const output = counted('output')
  const total = count(raw.total_tokens)
  if (input === undefined && output === undefined) return null
  if (!input && !output && !total) return null
  const read = counted('read')
  const written = counted('written')
  const reported = counted('reasoning')
  const apart = (read ?? 0) + (written ?? 0)
  const sum = (input ?? 0) + (output ?? 0)
  // Some gateways leave cached tokens out of the input, as Anthropic does.
  const excludesCache = apart > 0 && (apart > (input ?? 0) || total === sum + apart)
  const inputTokens = (input ?? 0) + (excludesCache ? apart : 0)
  // Gemini and xAI count reasoning tokens in the total only.
  const rest = Math.max((total ?? 0) - inputTokens - (output ?? 0), 0)
  const outputTokens = (output ?? 0) + rest
  const reasoning = rest > 0 ? Math.max(reported ?? 0, rest) : reported
  return {
    inputTokens,
    outputTokens,
    totalTokens: Math.max(total ?? 0, inputTokens + outputTokens),
    ...(read !== undefined && { cacheReadInputTokens: read }),
    ...(written !== undefined && { cacheWriteInputTokens: written }),
    ...(reasoning && { reasoningTokens: Math.min(reasoning, outputTokens) }),
  }
}

/** Returns the counts that have prices of their own: audio, images and searches. */
export function billedApart(raw: unknown): BilledApart {
  if (!isJsonObject(raw)) return {}
  const { prompt, completion, count: counted } = countsOf(raw)
  const apart = {
    audioInputTokens: count(prompt.audio_tokens),
    audioOutputTokens: count(completion.audio_tokens),
    imageOutputTokens: count(completion.image_tokens),
    searches: counted('searches'),
  }
  const seconds = count(raw.prompt_audio_seconds) ?? count(prompt.video_tokens)
  return {
    ...Object.fromEntries(Object.entries(apart).filter(([, value]) => value)),
    ...(seconds && { hasUnknownPrice: true }),
  }
}

/** Returns the part of the written cache tokens that is cached for an hour. */
export function longWrites(raw: unknown): number | undefined {
  if (!isJsonObject(raw)) return undefined
  const { prompt } = countsOf(raw)
  const split = [prompt.cache_creation_token_details, prompt.cache_creation, raw.cache_creation]
  const details = split.find(isJsonObject)
  return details && count(details.ephemeral_1h_input_tokens)
}

const ticksPerDollar = 1e10

/**
 * Returns the cost in USD next to the usage; `null` if there is none. LiteLLM, OpenRouter and
 * Perplexity call it `cost`, DeepInfra `estimated_cost`, and xAI counts ten-billionths of a dollar.
 * With a key of one's own, OpenRouter's cost is its fee, and the provider's is added.
 */
export function reportedCost(raw: unknown): number | null {
  if (!isJsonObject(raw)) return null
  const { cost, cost_details: details, is_byok, cost_in_usd_ticks: ticks, estimated_cost } = raw
  const told = dollars(isJsonObject(cost) ? cost.total_cost : cost)
  const upstream = isJsonObject(details) ? dollars(details.upstream_inference_cost) : null
  if (told !== null && is_byok === true) return upstream === null ? null : told + upstream
  if (told !== null) return told
  return typeof ticks === 'number' && ticks >= 0 ? ticks / ticksPerDollar : dollars(estimated_cost)
}

function dollars(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : null
}

function objectAt(raw: JsonObject, ...keys: string[]): JsonObject {
  return keys.map((key) => raw[key]).find(isJsonObject) ?? {}
}

/** Returns a token count; `undefined` if the value is not a valid count. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
