import { AgentError } from '../../agent/errors.js'
import type { Emit } from '../../agent/events.js'
import type { CallEvent, ModelReply, ModelRequest } from '../../agent/model.js'
import { unforeseenError } from '../errors.js'
import type { ModelInfo } from '../models/model-info.js'
import type { Route } from '../routes/route.js'
import type { CallSettings } from '../settings.js'

/** Describes one model call in the form that a wire accepts. */
export interface WireCall {
  request: ModelRequest
  route: Route
  settings: CallSettings
  /** The information about the model; `undefined` if the model is behind a proxy or unknown. */
  info: ModelInfo | undefined
  /** Whether the reply is a stream. If `false`, the reply is one JSON document. */
  stream: boolean
  signal: AbortSignal
}

export type EmitCallEvent = Emit<CallEvent>

/**
 * Makes one call without retries. A wire emits deltas as they arrive and resolves with the reply.
 * It throws an AgentError on failure, including shortly after `signal` aborts.
 */
export type Wire = (call: WireCall, emit: EmitCallEvent) => Promise<ModelReply>

/** Returns a wire that converts unexpected errors to AgentErrors. */
export function normalizeErrors(wire: Wire): Wire {
  return async (call, emit) => {
    try {
      return await wire(call, emit)
    } catch (thrown) {
      throw thrown instanceof AgentError ? thrown : unforeseenError(call.route, thrown)
    }
  }
}

export async function emitAll(events: Iterable<CallEvent>, emit: EmitCallEvent): Promise<void> {
  for (const event of events) {
    const pending = emit(event)
    if (pending) await pending
  }
}
