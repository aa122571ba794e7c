import type { Usage } from '../../../agent/metrics/usage.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'
import type { BilledApart } from '../../cost/cost.js'
import { count } from '../openai-chat/usage.js'

/**
 * Returns the usage of Google's `usageMetadata`. Thoughts count as output. Returns `null` if no
 * count was reported.
 */
export function googleUsage(raw: JsonObject | undefined): Usage | null {
  if (!raw) return null
  const inputTokens = (count(raw.promptTokenCount) ?? 0) + (count(raw.toolUsePromptTokenCount) ?? 0)
  const thoughts = count(raw.thoughtsTokenCount)
  const outputTokens = (count(raw.candidatesTokenCount) ?? 0) + (thoughts ?? 0)
  if (inputTokens + outputTokens === 0) return null
  const read = count(raw.cachedContentTokenCount)
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    ...(read !== undefined && { cacheReadInputTokens: read }),
    ...(thoughts && { reasoningTokens: thoughts }),
  }
}

/** Returns the counts that have prices of their own: audio and images. */
export function modalities(raw: JsonObject | undefined): BilledApart {
  const audioIn = tokensOf(raw?.promptTokensDetails, 'AUDIO')
  const audioOut = tokensOf(raw?.candidatesTokensDetails, 'AUDIO')
  const images = tokensOf(raw?.candidatesTokensDetails, 'IMAGE')
  return {
    ...(audioIn > 0 && { audioInputTokens: audioIn }),
    ...(audioOut > 0 && { audioOutputTokens: audioOut }),
    ...(images > 0 && { imageOutputTokens: images }),
  }
}

function tokensOf(details: JsonValue | undefined, modality: string): number {
  if (!Array.isArray(details)) return 0
  let tokens = 0
  for (const detail of details)
    if (isJsonObject(detail) && detail.modality === modality)
      tokens += count(detail.tokenCount) ?? 0
  return tokens
}
