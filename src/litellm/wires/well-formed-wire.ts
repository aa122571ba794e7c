import type { CallEvent } from '../../agent/model.js'
import { wellFormed } from '../../util/well-formed.js'
import type { EmitCallEvent, Wire } from './wire.js'

/** Returns a wire that reports no lone surrogates, neither in deltas nor in its reply. */
export function wellFormedWire(wire: Wire): Wire {
  return async (call, emit) => {
    const reply = await wire(call, wholeCharacters(emit))
    const message = wellFormed(reply.message)
    return message === reply.message ? reply : { ...reply, message }
  }
}

/**
 * Emits deltas without lone surrogates. A provider may split a character between two deltas, so the
 * first half is held until the second arrives.
 */
function wholeCharacters(emit: EmitCallEvent): EmitCallEvent {
  let half = ''
  return (event: CallEvent) => {
    if (event.type !== 'textDelta' && event.type !== 'reasoningDelta') return emit(event)
    const text = half + event.text
    const splits = isHighSurrogate(text.charCodeAt(text.length - 1))
    half = splits ? text.slice(-1) : ''
    const whole = (splits ? text.slice(0, -1) : text).toWellFormed()
    return whole === '' ? undefined : emit(whole === event.text ? event : { ...event, text: whole })
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}
