import type { ErrorCode } from '../agent/error-codes.js'
import { type AgentError, asAgentError } from '../agent/errors.js'
import type { Model, ModelReply } from '../agent/model.js'
import type { EmitCallEvent } from './wires/wire.js'

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
export async function withFallbacks<Asked extends Model>(
  models: readonly Asked[],
  ask: (model: Asked, emit: EmitCallEvent) => Promise<ModelReply>,
  emit: EmitCallEvent,
): Promise<ModelReply> {
  for (const [index, model] of models.entries()) {
    let delivered = false
    try {
      const reply = await ask(model, (event) => {
        if (event.type.endsWith('Delta') || event.type === 'toolUseStart') delivered = true
        return emit(event)
      })
      return index > 0 ? answeredBy(model, index, reply) : reply
    } catch (thrown) {
      const error = asAgentError(thrown)
      const next = models[index + 1]
      if (delivered || !next || !worthAnother.includes(error.code)) throw error
      await emit({ type: 'notice', message: failedOver(model, error, next) })
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
