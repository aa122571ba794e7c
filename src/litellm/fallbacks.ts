import type { ErrorCode } from '../agent/error-codes.js'
import { type AgentError, asAgentError } from '../agent/errors.js'
import type { Model, ModelReply } from '../agent/model.js'
import type { Delivery } from './delivery.js'

/** Lists the error codes for which a fallback model may succeed. */
const worthAnother: readonly ErrorCode[] = [
  'rateLimit',
  'providerError',
  'timeout',
  'connection',
  'contextWindowOverflow',
]

/**
 * Calls the models in order until one replies. The reply reports how many models failed before it.
 * No fallback is called once output has reached the caller.
 */
export async function withFallbacks<Candidate extends Model>(
  models: readonly Candidate[],
  call: (model: Candidate) => Promise<ModelReply>,
  delivery: Delivery,
): Promise<ModelReply> {
  for (const [index, model] of models.entries()) {
    try {
      const reply = await call(model)
      return index > 0 ? answeredBy(model, index, reply) : reply
    } catch (thrown) {
      const error = asAgentError(thrown)
      const next = models[index + 1]
      if (delivery.started || !next || !worthAnother.includes(error.code)) throw error
      await delivery.emit({ type: 'notice', message: failedOver(model, error, next) })
    }
  }
  throw new Error('The list of models is empty.')
}

function answeredBy(model: Model, attemptedFallbacks: number, reply: ModelReply): ModelReply {
  const providerModel = reply.providerModel ?? model.modelId
  return { ...reply, providerModel, answeredBy: model.modelId, attemptedFallbacks }
}

function failedOver(model: Model, error: AgentError, next: Model): string {
  return `${model.modelId} failed (${error.code}); ${next.modelId} was asked instead.`
}
