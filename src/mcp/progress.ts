import type { AgentEvent } from '../agent/events.js'

export type SendProgress = (progress: number, message: string) => void

const minGapMs = 250
const heartbeatMs = 10_000
/** So many go out at once, however close together: a short run is told in full. */
const freeMessages = 8

/**
 * Tells a waiting client what a run is doing: at once, at each step, and every ten seconds. Numbers
 * only rise, and nothing is sent after `stop`.
 */
export class Progress {
  private readonly startedAt = performance.now()
  private sentAt = 0
  private sent = 0
  private doing = 'started'
  private answering = false
  private stopped = false
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly send: SendProgress) {
    this.emit(this.doing)
  }

  onEvent(event: AgentEvent): void {
    switch (event.type) {
      case 'cycleStart':
        // "started" has said the first one.
        if (event.cycle > 1) this.say(`cycle ${event.cycle}`)
        break
      case 'textDelta':
        if (this.answering) break
        this.answering = true
        this.say(`cycle ${event.cycle}: answering`)
        break
      case 'toolStart':
        this.say(`cycle ${event.cycle}: ${event.name}`)
        break
      case 'modelRetry':
        this.say(`cycle ${event.cycle}: trying again (${event.code})`)
        break
      case 'notice':
        this.say(event.message)
        break
    }
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  private say(doing: string): void {
    if (this.stopped) return
    this.doing = doing
    const wait = this.sentAt + minGapMs - performance.now()
    if (this.sent < freeMessages || wait <= 0) this.emit(doing)
    else this.emitIn(wait, () => this.doing)
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
