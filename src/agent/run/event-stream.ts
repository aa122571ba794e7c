import type { Emit } from '../events.js'
import { RunSignal } from './run-signal.js'

/** Why work ends whose events nobody takes any more. */
export const consumerLeft = new Error('Nobody takes the events any more.')

/** More than this is not told ahead of whoever takes the events: then the work waits, too. */
const maxAhead = 16

/**
 * Work as its events, for whoever takes them one by one. Leaving early ends the work.
 * @param lastEvent what its result is told by, when it is over
 */
export async function* eventStream<Event, Result>(
  callerSignal: AbortSignal | undefined,
  work: (emit: Emit<Event>, signal: AbortSignal) => Promise<Result>,
  lastEvent?: (result: Result) => Event,
): AsyncGenerator<Event, Result> {
  const run = new RunSignal(callerSignal, undefined)
  const state: { outcome?: { result: Result } | { error: unknown } } = {}
  let told: Event[] = []
  let left = false
  let wake = () => {}
  let writers: (() => void)[] = []
  const emit: Emit<Event> = (event) => {
    if (left) return
    told.push(event)
    wake()
    if (told.length < maxAhead || run.signal.aborted) return
    return new Promise((resolve) => {
      writers.push(resolve)
    })
  }
  const end = (outcome: NonNullable<typeof state.outcome>) => {
    state.outcome = outcome
    wake()
  }
  const done = work(emit, run.signal).then(
    (result) => end({ result }),
    (error: unknown) => end({ error }),
  )
  const releaseWriters = () => {
    const waiting = writers
    writers = []
    for (const goOn of waiting) goOn()
  }
  try {
    while (true) {
      const events = told
      if (events.length > 0) {
        told = []
        yield* events
        releaseWriters()
      } else if (!state.outcome)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      else if ('error' in state.outcome) throw state.outcome.error
      else {
        const { result } = state.outcome
        if (lastEvent) yield lastEvent(result)
        return result
      }
    }
  } finally {
    left = true
    run.release(state.outcome ? {} : { abort: true, reason: consumerLeft })
    releaseWriters()
    // What it holds is let go before whoever left goes on.
    await done
  }
}
