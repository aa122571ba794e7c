import { untilAborted } from '../../util/until-aborted.js'

/** Runs tasks one at a time, in the order in which they were requested. */
export class Turns {
  /** Settles when the last requested task ends. `undefined` if none is running. */
  private last: Promise<void> | undefined

  /** Waits for the tasks before. Returns the release function, or `undefined` if the signal aborts first. */
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
      // Tasks that wait behind this one still wait for the task before it.
      void before.then(release)
      return undefined
    } finally {
      stop()
    }
  }
}
