import type { ModelEvent, ModelReply } from '../agent/model.js'
import { streamed } from '../agent/streamed.js'
import type { Tell } from './wires/wire.js'

/** A call as its events, for whoever takes them one by one. Leaving early ends the call. */
export function modelEvents(
  callerSignal: AbortSignal,
  call: (tell: Tell, signal: AbortSignal) => Promise<ModelReply>,
): AsyncGenerator<ModelEvent, ModelReply> {
  return streamed<ModelEvent, ModelReply>(callerSignal, call, (reply) => ({ type: 'reply', reply }))
}
