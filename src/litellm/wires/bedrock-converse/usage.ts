import type { TokenUsage } from '@aws-sdk/client-bedrock-runtime'
import type { Usage } from '../../../agent/metrics/usage.js'
import { isJsonObject } from '../../../util/json.js'

/**
 * Returns the usage of a Converse response; `null` if none was reported. Converse does not count
 * cached tokens in `inputTokens`, so they are added. `additional` contains the count of Claude's
 * thinking tokens.
 */
export function converseUsage(raw: TokenUsage | undefined, additional: unknown): Usage | null {
  if (raw?.inputTokens === undefined && raw?.outputTokens === undefined) return null
  const { cacheReadInputTokens: read, cacheWriteInputTokens: written } = raw
  const inputTokens = (raw.inputTokens ?? 0) + (read ?? 0) + (written ?? 0)
  const outputTokens = raw.outputTokens ?? 0
  // A call has input, so counts that are all 0 report nothing.
  if (inputTokens + outputTokens === 0) return null
  const reasoning = thinkingTokens(additional)
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    ...(read !== undefined && { cacheReadInputTokens: read }),
    ...(written !== undefined && { cacheWriteInputTokens: written }),
    ...(reasoning && { reasoningTokens: Math.min(reasoning, outputTokens) }),
  }
}

/** Returns the part of the written cache tokens that is cached for an hour. */
export function longWrites(raw: TokenUsage | undefined): number | undefined {
  return raw?.cacheDetails?.find(({ ttl }) => ttl === '1h')?.inputTokens
}

function thinkingTokens(additional: unknown): number | undefined {
  const usage = isJsonObject(additional) ? additional.usage : undefined
  const details = isJsonObject(usage) ? usage.output_tokens_details : undefined
  const tokens = isJsonObject(details) ? details.thinking_tokens : undefined
  return typeof tokens === 'number' && tokens > 0 ? tokens : undefined
}
