import type { ContentBlock, StopReason } from '../agent/content.js'
import type { ModelReply } from '../agent/model.js'
import type { Usage } from '../agent/usage.js'
import type { CachePoints } from './cache-points.js'
import { cacheReport } from './cache-report.js'
import { computeCost, hasOtherPrice, savedUsd } from './cost.js'
import type { ReplyHeaders } from './http/reply.js'
import { modelInfo } from './model-data.js'
import type { ModelInfo } from './model-info.js'
import type { WireCall } from './wires/wire.js'

/** What a wire brings home of a call. */
export interface WireAnswer {
  content: ContentBlock[]
  stopReason: StopReason
  rawStopReason: string | null
  usage: Usage | null
  /** Of the tokens written to the cache, those that stay for an hour. */
  cacheWrite1hTokens?: number | undefined
  /** Tokens of sound are among those counted, which the prices known here do not hold for. */
  hasAudio?: boolean
  /** USD, as the provider or proxy told it. */
  reportedCostUsd: number | null
  /** The model that answered, by the provider's own account. */
  model: string | null
  headers?: ReplyHeaders
  points: CachePoints
  parts: readonly object[]
}

/** The reply of a call: the answer, with its cost and what the cache did. */
export async function modelReply(answer: WireAnswer, call: WireCall): Promise<ModelReply> {
  const { usage, headers, cacheWrite1hTokens } = answer
  const providerModel =
    headers?.get('x-litellm-model-name') ?? (call.route.kind === 'proxy' ? null : answer.model)
  const info = call.info ?? (await infoBehindProxy(providerModel))
  const prices = answer.hasAudio ? null : (info?.prices ?? null)
  const priced =
    usage && prices
      ? { ...usage, ...(cacheWrite1hTokens && { cacheWrite1hInputTokens: cacheWrite1hTokens }) }
      : null
  const computed =
    priced && prices && !hasOtherPrice(call.settings.body) ? computeCost(priced, prices) : null
  const costUsd = answer.reportedCostUsd ?? computed
  return {
    message: { role: 'assistant', content: answer.content },
    stopReason: answer.stopReason,
    rawStopReason: answer.rawStopReason,
    usage,
    costUsd,
    costSource:
      costUsd === null ? 'unknown' : answer.reportedCostUsd === null ? 'computed' : 'reported',
    providerModel,
    callId: headers?.get('x-litellm-call-id') ?? null,
    attemptedRetries: numberHeader(headers, 'x-litellm-attempted-retries'),
    attemptedFallbacks: numberHeader(headers, 'x-litellm-attempted-fallbacks'),
    cache: cacheReport({
      points: answer.points,
      parts: answer.parts,
      usage,
      savedUsd: priced && prices ? savedUsd(priced, prices) : null,
      minCacheTokens: info?.minCacheTokens ?? null,
      memory: call.request.cacheMemory,
    }),
  }
}

/** A proxy names the real model behind its alias: what is known of that holds for the alias. */
async function infoBehindProxy(model: string | null): Promise<ModelInfo | undefined> {
  const slash = model?.indexOf('/') ?? -1
  if (!model || slash === -1) return undefined
  return modelInfo({ provider: model.slice(0, slash), model: model.slice(slash + 1) })
}

export function numberHeader(headers: ReplyHeaders | undefined, name: string): number | null {
  const text = headers?.get(name)
  const value = text ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : null
}
