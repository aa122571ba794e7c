import { asAgentError, withSpending } from '../../agent/errors.js'
import type { ContentBlock } from '../../agent/messages/content.js'
import type { CallSpending } from '../../agent/metrics/types.js'
import type { Usage } from '../../agent/metrics/usage.js'
import type { ModelReply } from '../../agent/model.js'
import type { CachePoints } from '../cache/cache-points.js'
import { cacheReport } from '../cache/cache-report.js'
import { type BilledApart, computeCost, pricesOfTier, savedUsd } from '../cost/cost.js'
import { unfinishedError } from '../errors.js'
import type { ReplyHeaders } from '../http/reply.js'
import { modelInfo } from '../models/model-data.js'
import type { ModelInfo } from '../models/model-info.js'
import { withOrigin } from './reasoning-origin.js'
import type { EndOfAnswer } from './stop-reasons.js'
import type { WireCall } from './wire.js'

/** Holds the result of a call on a wire. */
export interface WireAnswer {
  content: ContentBlock[]
  stopReason: EndOfAnswer
  rawStopReason: string | null
  usage: Usage | null
  /** The part of the written cache tokens that is cached for an hour. */
  cacheWrite1hTokens?: number | undefined
  /** The counts that have prices of their own. */
  billing?: BilledApart
  /** The cost in USD that the provider or proxy reported. */
  reportedCostUsd: number | null
  /** The service tier of the call, if the provider reports it. Its price may differ. */
  serviceTier?: string | null
  /** The model that answered, as the provider reports it. */
  model: string | null
  headers?: ReplyHeaders
  points: CachePoints
  parts: readonly object[]
}

/** Holds what a provider has reported about the usage and cost of a call. */
type ReportedUsage = Pick<
  WireAnswer,
  | 'usage'
  | 'cacheWrite1hTokens'
  | 'billing'
  | 'reportedCostUsd'
  | 'serviceTier'
  | 'model'
  | 'headers'
>

/**
 * Returns the error of a call with the usage that the provider had reported. A cost is added only
 * if the usage is `complete`, because later usage would be missing from it.
 */
export async function withReportedSpending(
  thrown: unknown,
  { complete, ...told }: ReportedUsage & { complete: boolean },
  call: WireCall,
): Promise<unknown> {
  if (told.usage === null) return thrown
  const unpriced: CallSpending = { usage: told.usage, costUsd: null, costSource: 'unknown' }
  const spent = complete ? (await priced(told, call)).spent : unpriced
  return withSpending(asAgentError(thrown), spent)
}

/** Returns the reply of a call: the answer, its cost and the cache report. */
export async function modelReply(answer: WireAnswer, call: WireCall): Promise<ModelReply> {
  const { stopReason, usage, headers } = answer
  if (stopReason === 'failed') throw unfinishedError(call.route, answer)
  const { providerModel, info, saved, spent } = await priced(answer, call)
  return {
    message: { role: 'assistant', content: withOrigin(answer.content, call.route) },
    stopReason,
    rawStopReason: answer.rawStopReason,
    ...spent,
    providerModel,
    callId: headers?.get('x-litellm-call-id') ?? null,
    attemptedRetries: numberHeader(headers, 'x-litellm-attempted-retries'),
    attemptedFallbacks: numberHeader(headers, 'x-litellm-attempted-fallbacks'),
    cache: cacheReport({
      points: answer.points,
      parts: answer.parts,
      usage,
      savedUsd: saved,
      minCacheTokens: info?.minCacheTokens ?? null,
      memory: call.request.cacheMemory,
    }),
  }
}

async function priced(told: ReportedUsage, call: WireCall) {
  const { usage, headers, cacheWrite1hTokens, billing, reportedCostUsd, serviceTier } = told
  const { body } = call.settings
  const providerModel =
    headers?.get('x-litellm-model-name') ?? (call.route.kind === 'proxy' ? null : told.model)
  const own = call.info
  const isPriced = call.route.kind !== 'proxy' || own?.prices
  const info = isPriced ? own : ((await infoBehindProxy(providerModel)) ?? own)
  const tier = serviceTier ?? body.service_tier
  const prices = info?.prices ? pricesOfTier(info.prices, { ...body, service_tier: tier }) : null
  const long = cacheWrite1hTokens && { cacheWrite1hInputTokens: cacheWrite1hTokens }
  const billed = usage && prices ? { ...usage, ...long, ...billing } : null
  const computed = billed && computeCost(billed, prices)
  const costUsd = reportedCostUsd ?? computed
  const costSource =
    costUsd === null ? 'unknown' : reportedCostUsd === null ? 'computed' : 'reported'
  const spent: CallSpending = { usage, costUsd, costSource }
  return { providerModel, info, spent, saved: billed && prices ? savedUsd(billed, prices) : null }
}

/**
 * Returns the information of the model behind a proxy's alias. A proxy reports the real model, so
 * its information also applies to the alias.
 */
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
