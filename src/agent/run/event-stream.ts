import type { Emit } from '../events.js'
import { RunSignal } from './run-signal.js'

/** The abort reason if the consumer stops reading the events. */
export const consumerLeft = new Error('The consumer stopped reading the events.')

/** How many events may be buffered before the work waits for the consumer. */
const maxBuffered = 16

/**
 * Turns work that emits events into an async generator. If the consumer stops early, the work is
 * aborted.
 * @param lastEvent creates the final event from the result
 */
export async function* eventStream<Event, Result>(
  callerSignal: AbortSignal | undefined,
  work: (emit: Emit<Event>, signal: AbortSignal) => Promise<Result>,
  lastEvent?: (result: Result) => Event,
): AsyncGenerator<Event, Result> {
  const run = new RunSignal(callerSignal, undefined)
  const state: { outcome?: { result: Result } | { error: unknown } } = {}
  let buffered: Event[] = []
  let left = false
  let wake = () => {}
  let writers: (() => void)[] = []
  const emit: Emit<Event> = (event) => {
    if (left) return
    buffered.push(event)
    wake()
    if (buffered.length < maxBuffered || run.signal.aborted) return
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
    for (const resume of waiting) resume()
  }
  try {
    while (true) {
      const events = buffered
      if (events.length > 0) {
        buffered = []
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
    // The work releases its resources before the consumer continues.
    await done
  }
}
