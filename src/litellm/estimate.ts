import type { AgentError } from '../agent/errors.js'
import type { ModelRequest } from '../agent/model.js'
import { adapted } from './adapt.js'
import { callNeed } from './budgeted-call.js'
import { maxCallCost } from './cost/cost.js'
import type { LiteLLMModelConfig } from './model-config.js'
import { servedModelInfo } from './models/catalog.js'
import { routeInfo } from './models/route-info.js'
import { callRoute } from './routes/call-route.js'
import { type Environment, findRoute, type Route } from './routes/route.js'
import { callSettings } from './settings.js'

/**
 * Estimates the input of a call and its maximum cost in USD. A value is `null` if it is unknown.
 */
export interface CallEstimate {
  route: Route
  /** The error of a call without a key; `undefined` if a key is set or not required. */
  missingKey: AgentError | undefined
  /**
   * The estimated input tokens. The estimate uses the length of the text, not the model's
   * tokenizer.
   */
  inputTokens: number
  /** The maximum length of the answer, in tokens. */
  maxOutputTokens: number | null
  maxCostUsd: number | null
  /** The maximum cost of any call of this model, with an input that fills the context window. */
  maxCostUsdOfAnyCall: number | null
}

/**
 * Estimates a call without making it. It requests prices from a proxy if there is a key for the
 * proxy. Throws the errors of the call, except that a missing key is returned.
 */
export async function estimateCall(
  config: Pick<LiteLLMModelConfig, 'modelId' | 'clientArgs' | 'params'>,
  request: ModelRequest,
  env: Environment,
): Promise<CallEstimate> {
  const { missingKey, ...found } = findRoute(config, env)
  const known = await routeInfo(found, config.clientArgs)
  const served = found.kind === 'proxy' && !known && !missingKey
  const info = served ? await servedModelInfo(found) : known
  const settings = callSettings(config, found)
  const { body } = settings
  const route = callRoute(found, { hasTools: request.tools.length > 0, body }, info)
  const ready = adapted(request, settings, route, info)
  const need = callNeed(ready.request, ready.settings.body, info, route.wire)
  const { inputTokens, outputTokens, price } = need
  const isBounded = Number.isFinite(outputTokens)
  const room = info?.contextTokens ?? null
  return {
    route,
    missingKey,
    inputTokens,
    maxOutputTokens: isBounded ? outputTokens : null,
    maxCostUsd: price && isBounded ? price.input + price.perOutputToken * outputTokens : null,
    maxCostUsdOfAnyCall:
      price && isBounded && room !== null
        ? maxCallCost(room, outputTokens, info?.prices ?? null)
        : null,
  }
}
