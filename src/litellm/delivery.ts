import type { CallEvent } from '../agent/model.js'
import type { EmitCallEvent } from './wires/wire.js'

/** Passes the events of a call on, and records what reached the caller. */
export class Delivery {
  /** True once output has reached the caller, who would receive it twice if the call were repeated. */
  started = false
  /** The text of the answer so far. */
  text = ''

  constructor(private readonly receive: EmitCallEvent) {}

  readonly emit = (event: CallEvent) => {
    if (event.type !== 'notice' && event.type !== 'retry') this.started = true
    if (event.type === 'textDelta') this.text += event.text
    return this.receive(event)
  }
}
