import type { ModelEvent, ModelReply } from '../agent/model.js'
import { RunSignal } from '../agent/run-signal.js'
import type { CallEvent, Tell } from './wires/wire.js'

/** More than this is not told ahead of whoever takes the events: then the provider waits too. */
const maxAhead = 16

/** A call as its events, for whoever takes them one by one. Leaving early ends the call. */
export async function* modelEvents(
  callerSignal: AbortSignal,
  call: (tell: Tell, signal: AbortSignal) => Promise<ModelReply>,
): AsyncGenerator<ModelEvent> {
  const run = new RunSignal(callerSignal, undefined)
  const state: { outcome?: { reply: ModelReply } | { error: unknown } } = {}
  let told: CallEvent[] = []
  let wake = () => {}
  let heard = () => {}
  const tell: Tell = (event) => {
    told.push(event)
    wake()
    if (told.length < maxAhead || run.signal.aborted) return
    return new Promise((resolve) => {
      heard = resolve
    })
  }
  const end = (outcome: NonNullable<typeof state.outcome>) => {
    state.outcome = outcome
    wake()
  }
  const done = call(tell, run.signal).then(
    (reply) => end({ reply }),
    (error: unknown) => end({ error }),
  )
  try {
    while (true) {
      const events = told
      if (events.length > 0) {
        told = []
        yield* events
        heard()
      } else if (!state.outcome)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      else if ('error' in state.outcome) throw state.outcome.error
      else {
        yield { type: 'reply', reply: state.outcome.reply }
        return
      }
    }
  } finally {
    run.release({ abort: !state.outcome })
    heard()
    // What it holds is let go before whoever left goes on.
    await done
  }
}
