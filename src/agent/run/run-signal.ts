/**
 * One run's abort signal: the caller's, plus the run's own clock. Tells a cancel from a time-out,
 * and lets go of the caller's signal when the run is over.
 */
export class RunSignal {
  private readonly controller = new AbortController()
  private timer: NodeJS.Timeout | undefined
  private readonly onCallerAbort: (() => void) | undefined
  private expired = false
  private released = false
  private pauses = 0
  private leftMs: number
  /** When the clock was last set going; `undefined`: it stands. */
  private goingSince: number | undefined

  constructor(
    private readonly caller: AbortSignal | undefined,
    timeoutSeconds: number | undefined,
  ) {
    if (caller?.aborted) this.controller.abort(caller.reason)
    else if (caller) {
      this.onCallerAbort = () => this.controller.abort(caller.reason)
      caller.addEventListener('abort', this.onCallerAbort, { once: true })
    }
    this.leftMs = (timeoutSeconds ?? Infinity) * 1000
    this.go()
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  get timedOut(): boolean {
    return this.expired
  }

  /** `undefined`: there is no clock. */
  get leftSeconds(): number | undefined {
    if (this.leftMs === Infinity) return undefined
    const going = this.goingSince === undefined ? 0 : performance.now() - this.goingSince
    return Math.max(0, this.leftMs - going) / 1000
  }

  /** Stops the clock until what it returns is called; several may hold it at once. */
  pauseClock(): () => void {
    if (this.pauses++ === 0) this.stand()
    let held = true
    return () => {
      if (held && --this.pauses === 0) this.go()
      held = false
    }
  }

  /** The words to end a cancelled run with: the abort's reason where it is a text. */
  get cancelText(): string {
    const { reason } = this.signal
    return typeof reason === 'string' && reason !== '' ? reason : 'Cancelled by user'
  }

  /** Lets go of the caller's signal and of the clock; with `abort`, ends work that is left. */
  release({ abort = false, reason }: { abort?: boolean; reason?: unknown } = {}): void {
    this.released = true
    clearTimeout(this.timer)
    if (this.onCallerAbort) this.caller?.removeEventListener('abort', this.onCallerAbort)
    // Aborting costs more than all else here, and is for a run that its caller has left.
    if (abort) this.controller.abort(reason)
  }

  private go(): void {
    if (this.leftMs === Infinity || this.released || this.expired) return
    this.goingSince = performance.now()
    // Node's timers overflow past 2^31 ms, and then fire at once.
    this.timer = setTimeout(() => this.expire(), Math.min(this.leftMs, 2 ** 31 - 1))
  }

  private stand(): void {
    clearTimeout(this.timer)
    if (this.goingSince === undefined) return
    this.leftMs -= performance.now() - this.goingSince
    this.goingSince = undefined
  }

  private expire(): void {
    this.expired = true
    this.controller.abort()
  }
}
