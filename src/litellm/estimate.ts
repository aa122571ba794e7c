import type { ModelRequest } from '../agent/model.js'
import { adapted } from './adapt.js'
import { callNeed } from './budgeted-call.js'
import { maxCallCost } from './cost/cost.js'
import type { LiteLLMModelConfig } from './model.js'
import { servedModelInfo } from './models/catalog.js'
import { modelInfo } from './models/model-data.js'
import { type Environment, type Route, resolveRoute } from './routes/route.js'
import { callSettings } from './settings.js'

/** What a call is likely to send, and the most that it can cost. USD; `null` is unknown. */
export interface CallEstimate {
  route: Route
  /** By the length of the text, not by the model's own count. */
  inputTokens: number
  /** The longest answer. */
  maxOutputTokens: number | null
  maxCostUsd: number | null
  /** Of any call of this model: with as much input as it has room for. */
  maxCostUsdOfAnyCall: number | null
}

/** Estimates a call without making one; of a proxy it asks the prices. Fails as the call would. */
export async function estimateCall(
  config: Pick<LiteLLMModelConfig, 'modelId' | 'clientArgs' | 'params'>,
  request: ModelRequest,
  env: Environment,
): Promise<CallEstimate> {
  const route = resolveRoute(config, env)
  const { provider, model, aws } = route
  const info =
    route.kind === 'proxy'
      ? await servedModelInfo(route)
      : await modelInfo({ provider, model, ...(aws && { region: aws.region }) })
  const ready = adapted(request, callSettings(config, route), route, info)
  const need = callNeed(ready.request, ready.settings.body, info, route.wire)
  const { inputTokens, outputTokens, price } = need
  const known = Number.isFinite(outputTokens)
  const room = info?.contextTokens ?? null
  return {
    route,
    inputTokens,
    maxOutputTokens: known ? outputTokens : null,
    maxCostUsd: price && known ? price.input + price.perOutputToken * outputTokens : null,
    maxCostUsdOfAnyCall:
      price && known && room !== null
        ? maxCallCost(room, outputTokens, info?.prices ?? null)
        : null,
  }
}
