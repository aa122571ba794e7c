import type { JsonObject } from '../agent/content.js'
import type { CallGrant, CallNeed, ModelRequest } from '../agent/model.js'
import { hasOtherPrice, maxCallCost } from './cost.js'
import { isDocumentByUrl, mediaTokens } from './media-tokens.js'
import type { ModelInfo } from './model-info.js'
import type { Route } from './route.js'
import { thinkingBudget } from './wires/thinking.js'

/** Text is at most so dense; measured in bytes of JSON, so that no script of the world beats it. */
const leastBytesPerToken = 2
const usualBytesPerToken = 4

/** Names of the answer's length that every wire sends; which of two counts is the provider's to say. */
const lengthParams = ['max_completion_tokens', 'max_tokens']

/** Converse's own name counts there alone; elsewhere nobody listens to it. */
function lengthParamsOf(wire: Route['wire']): string[] {
  return wire === 'bedrock-converse' ? [...lengthParams, 'maxTokens'] : lengthParams
}

/** The most that a call can take: its input by a generous count, and the longest answer. Pure. */
export function callNeed(
  request: ModelRequest,
  body: Readonly<JsonObject>,
  info: ModelInfo | undefined,
  wire: Route['wire'],
): CallNeed {
  const { bytes, media, endless } = inputSize(request)
  const room = info?.contextTokens ?? Infinity
  // What the model has no room for is turned away, and not paid.
  const most = endless ? room : Math.min(Math.ceil(bytes / leastBytesPerToken) + media, room)
  const lengths = lengthParamsOf(wire)
    .map((name) => body[name])
    .filter((value) => typeof value === 'number')
  return {
    inputTokens: Math.ceil(bytes / usualBytesPerToken) + media,
    outputTokens: lengths.length > 0 ? Math.max(...lengths) : (info?.maxOutputTokens ?? Infinity),
    // Claude's thinking comes out of the answer's length, which must leave room for more.
    leastOutputTokens: thinkingBudget(body) + 1,
    asked: lengths.length > 0,
    price: mostCost(most, body, info),
  }
}

/** The parameters with an answer as long as was granted, under one name, the one in use. Pure. */
export function withOutputLimit(
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
  const text = JSON.stringify([system, tools, messages], (key, value) => {
    const tokens = mediaTokens(key, value)
    if (tokens === undefined) return value
    media += tokens
    endless ||= isDocumentByUrl(key, value)
    return { ...value, source: '' }
  })
  return { bytes: Buffer.byteLength(text), media, endless }
}
