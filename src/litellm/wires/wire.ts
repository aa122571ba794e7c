import { AgentError } from '../../agent/errors.js'
import type { Emit } from '../../agent/events.js'
import type { CallEvent, ModelReply, ModelRequest } from '../../agent/model.js'
import { unforeseenError } from '../errors.js'
import type { ModelInfo } from '../models/model-info.js'
import type { Route } from '../routes/route.js'
import type { CallSettings } from '../settings.js'

/** One model call, ready for a wire. */
export interface WireCall {
  request: ModelRequest
  route: Route
  settings: CallSettings
  /** What is known of the model; not of what stands behind a proxy. */
  info: ModelInfo | undefined
  /** `false`: one JSON reply instead of a stream. */
  stream: boolean
  signal: AbortSignal
}

export type Tell = Emit<CallEvent>

/**
 * A wire makes one call, without retries: it tells deltas as they come, and resolves with the reply.
 * It fails with an AgentError, soon after `signal` aborts at the latest.
 */
export type Wire = (call: WireCall, tell: Tell) => Promise<ModelReply>

/** A wire that also fails with an AgentError where nobody foresaw that it would. */
export function guarded(wire: Wire): Wire {
  return async (call, tell) => {
    try {
      return await wire(call, tell)
    } catch (thrown) {
      throw thrown instanceof AgentError ? thrown : unforeseenError(call.route, thrown)
    }
  }
}

export async function tellAll(events: Iterable<CallEvent>, tell: Tell): Promise<void> {
  for (const event of events) {
    const heard = tell(event)
    if (heard) await heard
  }
}
