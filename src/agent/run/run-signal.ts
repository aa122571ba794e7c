/**
 * One run's abort signal, combining the caller's signal with the run's own timeout. Distinguishes
 * cancellation from a timeout, and detaches from the caller's signal when the run ends.
 */
export class RunSignal {
  private readonly controller = new AbortController()
  private timer: NodeJS.Timeout | undefined
  private readonly onCallerAbort: (() => void) | undefined
  private expired = false
  private released = false
  private pauses = 0
  private leftMs: number
  /** When the clock last started. `undefined` if it is paused. */
  private runningSince: number | undefined

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
    this.start()
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  get timedOut(): boolean {
    return this.expired
  }

  /** `undefined` if the run has no timeout. */
  get leftSeconds(): number | undefined {
    if (this.leftMs === Infinity) return undefined
    const running = this.runningSince === undefined ? 0 : performance.now() - this.runningSince
    return Math.max(0, this.leftMs - running) / 1000
  }

  /** Pauses the clock until the returned function is called. Several callers may pause it at once. */
  pauseClock(): () => void {
    if (this.pauses++ === 0) this.stop()
    let held = true
    return () => {
      if (held && --this.pauses === 0) this.start()
      held = false
    }
  }

  /** The final text of a cancelled run: the abort reason, if it is a string. */
  get cancelText(): string {
    const { reason } = this.signal
    return typeof reason === 'string' && reason !== '' ? reason : 'Cancelled by user'
  }

  /** Detaches from the caller's signal and stops the clock. With `abort`, aborts remaining work. */
  release({ abort = false, reason }: { abort?: boolean; reason?: unknown } = {}): void {
    this.released = true
    clearTimeout(this.timer)
    if (this.onCallerAbort) this.caller?.removeEventListener('abort', this.onCallerAbort)
    // Aborting is slower than everything else here, so only an abandoned run pays for it.
    if (abort) this.controller.abort(reason)
  }

  private start(): void {
    if (this.leftMs === Infinity || this.released || this.expired) return
    this.runningSince = performance.now()
    // Node timers overflow at 2^31 ms and then fire immediately.
    this.timer = setTimeout(() => this.expire(), Math.min(this.leftMs, 2 ** 31 - 1))
  }

  private stop(): void {
    clearTimeout(this.timer)
    if (this.runningSince === undefined) return
    this.leftMs -= performance.now() - this.runningSince
    this.runningSince = undefined
  }

  private expire(): void {
    this.expired = true
    this.controller.abort()
  }
}
