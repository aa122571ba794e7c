import { asAgentError } from '../agent/errors.js'
import type { CallBudget, CallGrant, CallNeed, ModelReply, ModelRequest } from '../agent/model.js'
import type { JsonObject } from '../util/json.js'
import { hasOtherPrice, maxCallCost } from './cost/cost.js'
import { isDocumentByUrl, mediaTokens } from './cost/media-tokens.js'
import type { ModelInfo } from './models/model-info.js'
import type { Route } from './routes/route.js'
import { thinkingBudget } from './wires/thinking.js'
import type { EmitCallEvent, Wire, WireCall } from './wires/wire.js'

/** Text has at least this many bytes of JSON per token, in any script. */
const leastBytesPerToken = 2
const usualBytesPerToken = 4
const mostCharsPerToken = 10

/**
 * Lists the parameters for the output limit that every wire sends. If both are set, the provider
 * decides.
 */
const lengthParams = ['max_completion_tokens', 'max_tokens']

/**
 * Lists the output limit parameters that only one wire supports. They have no effect on other
 * wires.
 */
const ownLengthParams: Partial<Record<Route['wire'], string>> = {
  'bedrock-converse': 'maxTokens',
  'openai-responses': 'max_output_tokens',
  'google-generate-content': 'max_output_tokens',
}

/** The Responses API refuses a lower output limit. */
const leastResponsesTokens = 16

function lengthParamsOf(wire: Route['wire']): string[] {
  const own = ownLengthParams[wire]
  return own ? [own, ...lengthParams] : lengthParams
}

/**
 * Returns the most that a call can use: a high estimate of its input and the longest output. Pure.
 */
export function callNeed(
  request: ModelRequest,
  body: Readonly<JsonObject>,
  info: ModelInfo | undefined,
  wire: Route['wire'],
): CallNeed {
  const { bytes, media, endless, textChars } = inputSize(request)
  const room = info?.contextTokens ?? Infinity
  // The provider rejects a longer input, which costs nothing.
  const most = endless ? room : Math.min(Math.ceil(bytes / leastBytesPerToken) + media, room)
  const lengths = lengthParamsOf(wire)
    .map((name) => body[name])
    .filter((value) => typeof value === 'number')
  return {
    inputTokens: Math.ceil(bytes / usualBytesPerToken) + media,
    minInputTokens: Math.floor(textChars / mostCharsPerToken),
    outputTokens: lengths.length > 0 ? Math.max(...lengths) : (info?.maxOutputTokens ?? Infinity),
    // Claude's thinking counts toward the output limit, so the limit must exceed the thinking
    // budget.
    leastOutputTokens:
      wire === 'openai-responses' ? leastResponsesTokens : thinkingBudget(body) + 1,
    price: mostCost(most, body, info),
  }
}

/** Sets the granted output limit under the parameter name in use. Pure. */
function withOutputLimit(
  body: Readonly<JsonObject>,
  { outputTokens, limitedBy }: CallGrant,
  wire: Route['wire'],
): { body: Readonly<JsonObject>; notice?: string } {
  if (!limitedBy) return { body }
  const names = lengthParamsOf(wire)
  const name = names.find((param) => typeof body[param] === 'number') ?? 'max_tokens'
  const rest = Object.entries(body).filter(([param]) => !names.includes(param))
  return {
    body: { ...Object.fromEntries(rest), [name]: outputTokens },
    notice: `The answer was limited to ${outputTokens} tokens to fit ${limitedBy}.`,
  }
}

/** Says before a call that a limit on its cost has no effect, and what the operator can do. */
function unenforcedText(limit: string, { id }: Route, info: ModelInfo | undefined): string {
  const why = info?.prices
    ? `the most that this call of ${id} can cost is unknown`
    : `the price of ${id} is unknown`
  const fix = `Set its input_cost_per_token and output_cost_per_token under models in the configuration file, or in clientArgs.`
  return `${limit} cannot be enforced: ${why}.${info?.prices ? '' : ` ${fix}`} The run stops after a call whose cost stays unknown.`
}

function mostCost(
  inputTokens: number,
  body: Readonly<JsonObject>,
  info: ModelInfo | undefined,
): CallNeed['price'] {
  if (!info?.prices || hasOtherPrice(body) || !Number.isFinite(inputTokens)) return null
  const input = maxCallCost(inputTokens, 0, info.prices)
  const withOutput = maxCallCost(inputTokens, 1, info.prices)
  if (input === null || withOutput === null) return null
  const answers = typeof body.n === 'number' && body.n > 1 ? body.n : 1
  return { input, perOutputToken: (withOutput - input) * answers }
}

function inputSize({ messages, system, tools }: ModelRequest) {
  let media = 0
  let endless = false
  let textChars = 0
  const text = JSON.stringify([system, tools, messages], (key, value) => {
    if (key === 'text' && typeof value === 'string') textChars += value.length
    const tokens = mediaTokens(key, value)
    if (tokens === undefined) return value
    media += tokens
    endless ||= isDocumentByUrl(key, value)
    return { ...value, source: '' }
  })
  return { bytes: Buffer.byteLength(text), media, endless, textChars }
}

/**
 * Makes one attempt under a budget. It reserves the most that the attempt can use and lowers the
 * output limit to the granted amount. `info` has the prices and lengths of the model; `undefined`
 * if they are unknown.
 */
export async function withinBudget(
  call: WireCall,
  wire: Wire,
  budget: CallBudget,
  info: ModelInfo | undefined,
  emit: EmitCallEvent,
): Promise<ModelReply> {
  const { request, settings, signal } = call
  const { wire: wireName } = call.route
  const grant = await budget.reserve(callNeed(request, settings.body, info, wireName), signal)
  const { body, notice } = withOutputLimit(settings.body, grant, wireName)
  if (notice) await emit({ type: 'notice', message: notice })
  // The offline model costs nothing.
  if (grant.unenforced && call.route.kind !== 'offline')
    await emit({ type: 'notice', message: unenforcedText(grant.unenforced, call.route, info) })
  try {
    return await wire({ ...call, settings: { ...settings, body } }, emit)
  } catch (thrown) {
    const error = asAgentError(thrown)
    // Only a call that the provider rejected is known to cost nothing.
    if (!error.unsent && error.status === undefined) budget.brokeOff()
    throw error
  }
}
