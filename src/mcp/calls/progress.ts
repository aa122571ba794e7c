export type SendProgress = (progress: number, message: string) => void

const minGapMs = 250
const heartbeatMs = 4_000
/** The first messages are sent without a gap, so that a short run is reported in full. */
const freeMessages = 8

/**
 * Reports the activity of a run to a client that waits: at once, at each change and every four seconds.
 * The numbers strictly increase, and nothing is sent after `stop`.
 */
export class Progress {
  private readonly startedAt = performance.now()
  private sentAt = 0
  private sent = 0
  private doing = ''
  private stopped = false
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly send: SendProgress) {}

  /** Sets the current activity of the run. */
  say(doing: string): void {
    if (this.stopped || doing === this.doing) return
    this.doing = doing
    const wait = this.sentAt + minGapMs - performance.now()
    if (this.sent < freeMessages || wait <= 0) this.emit(doing)
    else this.emitIn(wait, () => this.doing)
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  private emit(message: string): void {
    this.sent++
    this.sentAt = performance.now()
    this.send(this.sent, message)
    this.emitIn(heartbeatMs, () => `${this.doing} (${this.elapsedSeconds} s)`)
  }

  /** Schedules the next message, which replaces one that is already scheduled. */
  private emitIn(ms: number, message: () => string): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.emit(message()), ms)
  }

  private get elapsedSeconds(): number {
    return Math.round((performance.now() - this.startedAt) / 1000)
  }
}
