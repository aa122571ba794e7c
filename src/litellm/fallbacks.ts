import type { ErrorCode } from '../agent/error-codes.js'
import { type AgentError, asAgentError } from '../agent/errors.js'
import type { Model, ModelEvent } from '../agent/model.js'

/** Failures that another model may not share. */
const worthAnother: readonly ErrorCode[] = [
  'rateLimit',
  'providerError',
  'timeout',
  'connection',
  'contextWindowOverflow',
]

/**
 * Asks one model after the other until one answers. The reply tells how many failed before it;
 * once output has gone to the caller there is no other model to ask.
 */
export async function* withFallbacks<Asked extends Model>(
  models: readonly Asked[],
  ask: (model: Asked) => AsyncIterable<ModelEvent>,
): AsyncGenerator<ModelEvent> {
  for (const [index, model] of models.entries()) {
    let delivered = false
    try {
      for await (const event of ask(model)) {
        if (event.type.endsWith('Delta') || event.type === 'toolUseStart') delivered = true
        yield event.type === 'reply' && index > 0 ? answeredBy(model, index, event.reply) : event
      }
      return
    } catch (thrown) {
      const error = asAgentError(thrown)
      const next = models[index + 1]
      if (delivered || !next || !worthAnother.includes(error.code)) throw error
      yield { type: 'notice', message: failedOver(model, error, next) }
    }
  }
}

type Reply = Extract<ModelEvent, { type: 'reply' }>['reply']

function answeredBy(model: Model, attemptedFallbacks: number, reply: Reply): ModelEvent {
  const providerModel = reply.providerModel ?? model.modelId
  return {
    type: 'reply',
    reply: { ...reply, providerModel, answeredBy: model.modelId, attemptedFallbacks },
  }
}

function failedOver(model: Model, error: AgentError, next: Model): string {
  return `${model.modelId} failed (${error.code}); ${next.modelId} was asked instead.`
}
