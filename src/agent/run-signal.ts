/**
 * One run's abort signal: the caller's, plus the run's own clock. Tells a cancel from a time-out,
 * and lets go of the caller's signal when the run is over.
 */
export class RunSignal {
  private readonly controller = new AbortController()
  private readonly timer: NodeJS.Timeout | undefined
  private readonly onCallerAbort: (() => void) | undefined
  private expired = false

  constructor(
    private readonly caller: AbortSignal | undefined,
    timeoutSeconds: number | undefined,
  ) {
    if (caller?.aborted) this.controller.abort(caller.reason)
    else if (caller) {
      this.onCallerAbort = () => this.controller.abort(caller.reason)
      caller.addEventListener('abort', this.onCallerAbort, { once: true })
    }
    if (timeoutSeconds !== undefined)
      // Node's timers overflow past 2^31 ms, and then fire at once.
      this.timer = setTimeout(() => this.expire(), Math.min(timeoutSeconds * 1000, 2 ** 31 - 1))
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  get timedOut(): boolean {
    return this.expired
  }

  /** The words to end a cancelled run with: the abort's reason where it is a text. */
  get cancelText(): string {
    const { reason } = this.signal
    return typeof reason === 'string' && reason !== '' ? reason : 'Cancelled by user'
  }

  /** Lets go of the caller's signal and of the clock; with `abort`, ends work that is left. */
  release({ abort }: { abort: boolean }): void {
    clearTimeout(this.timer)
    if (this.onCallerAbort) this.caller?.removeEventListener('abort', this.onCallerAbort)
    // Aborting costs more than all else here, and is for a run that its caller has left.
    if (abort) this.controller.abort()
  }

  private expire(): void {
    this.expired = true
    this.controller.abort()
  }
}

/** A promise that rejects when the signal aborts, and a way to stop waiting. */
export function untilAborted(signal: AbortSignal): { aborted: Promise<never>; stop: () => void } {
  let onAbort: () => void = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  // The race may be over before the abort: a rejection nobody waits for is no fault.
  aborted.catch(() => {})
  return { aborted, stop: () => signal.removeEventListener('abort', onAbort) }
}
