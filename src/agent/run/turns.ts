import { untilAborted } from '../../util/until-aborted.js'

/** Lets work on one thing go one after the other, in the order in which it was asked for. */
export class Turns {
  /** Settles when the last work asked for is over; `undefined`: none is at work. */
  private last: Promise<void> | undefined

  /** Waits for the work before, unless the signal aborts sooner: then there is no turn to release. */
  async take(signal: AbortSignal): Promise<(() => void) | undefined> {
    const before = this.last
    let done: () => void = () => {}
    const turn = new Promise<void>((resolve) => {
      done = resolve
    })
    this.last = turn
    const release = () => {
      if (this.last === turn) this.last = undefined
      done()
    }
    if (!before) return release
    const { aborted, stop } = untilAborted(signal)
    try {
      await Promise.race([before, aborted])
      return release
    } catch {
      // Whoever waits behind it waits for the work before it all the same.
      void before.then(release)
      return undefined
    } finally {
      stop()
    }
  }
}
