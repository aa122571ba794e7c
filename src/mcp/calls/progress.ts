export type SendProgress = (progress: number, message: string) => void

const minGapMs = 250
const heartbeatMs = 4_000
/** So many go out at once, however close together: a short run is told in full. */
const freeMessages = 8

/**
 * Tells a waiting client what a run is doing: at once, at each word, and every four seconds. Numbers
 * only rise, and nothing is sent after `stop`.
 */
export class Progress {
  private readonly startedAt = performance.now()
  private sentAt = 0
  private sent = 0
  private doing = ''
  private stopped = false
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly send: SendProgress) {}

  /** What the run is doing now. */
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

  /** The latest word wins: whatever waits to be said by then replaces what was to be said. */
  private emitIn(ms: number, message: () => string): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.emit(message()), ms)
  }

  private get elapsedSeconds(): number {
    return Math.round((performance.now() - this.startedAt) / 1000)
  }
}
