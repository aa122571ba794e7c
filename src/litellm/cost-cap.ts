import type { JsonObject } from '../agent/content.js'
import { AgentError } from '../agent/errors.js'
import type { ModelRequest } from '../agent/model.js'
import { maxCallCost } from './cost.js'
import type { ModelInfo } from './model-info.js'

/** Text is at most so dense; measured in bytes of JSON, so that no script of the world beats it. */
const bytesPerToken = 2
/** What a picture or a page of a document counts for, at most, where its bytes say nothing. */
const tokensPerMedium = 3_000

const lengthParams = ['max_completion_tokens', 'max_tokens']

/**
 * The longest answer that fits what is left of a run's `maxCostUsd`, where that is shorter than
 * what was asked for; `undefined`: nothing to lower, or prices that nobody knows. Pure. Fails with
 * `limitReached` where not even the input fits.
 */
export function affordableOutput(
  request: ModelRequest,
  body: Readonly<JsonObject>,
  info: ModelInfo | undefined,
): number | undefined {
  const { maxCostUsd: left } = request
  const prices = info?.prices ?? null
  if (left === undefined || prices === null) return undefined
  const input = inputTokens(request)
  const forInput = maxCallCost(input, 0, prices)
  const perToken = maxCallCost(input, 1, prices)
  if (forInput === null || perToken === null) return undefined
  const price = perToken - forInput
  const fits = price === 0 ? Number.POSITIVE_INFINITY : Math.floor((left - forInput) / price)
  if (fits < 1)
    throw new AgentError({
      code: 'limitReached',
      unsent: true,
      message: `One more model call could cost more than the $${left} that maxCostUsd leaves.`,
      hint: 'Raise limits.maxCostUsd, shorten the prompt, or use a cheaper model.',
    })
  const asked = lengthParams.map((name) => body[name]).find((value) => typeof value === 'number')
  const longest = (asked as number | undefined) ?? info?.maxOutputTokens ?? Number.POSITIVE_INFINITY
  return fits < longest ? fits : undefined
}

/** The parameters with a shorter answer in them, under the name that was used. */
export function withOutputLimit(body: JsonObject, tokens: number): JsonObject {
  const name = lengthParams.find((param) => body[param] !== undefined) ?? 'max_tokens'
  return { ...body, [name]: tokens }
}

function inputTokens({ messages, system, tools }: ModelRequest): number {
  let media = 0
  const text = JSON.stringify([system, tools, messages], (key, value) => {
    if (key !== 'bytes') return value
    media++
    return ''
  })
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken) + media * tokensPerMedium
}
