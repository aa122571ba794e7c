import type { Message } from '../../agent/messages/content.js'
import type { LiveRun } from '../live/live-run.js'
import { withoutMedia } from '../live/transcript.js'
import { progressOf } from './run-rows.js'
import type { NewMessages, RunStore } from './run-store.js'

/** Reports are this far apart: others see what a run does soon enough, and the database has peace. */
const gapMs = 250

/** Writes what a run does into the store, at most so often, and never two at a time. */
export class Reporter {
  private reported = 0
  private reportedAt = 0
  private timer: NodeJS.Timeout | undefined
  private writing: Promise<void> = Promise.resolve()
  private stopped = false

  constructor(
    private readonly live: LiveRun,
    private readonly store: RunStore,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Those messages of a transcript that the store does not have. */
  unreported(transcript: readonly Message[]): NewMessages {
    return { messages: transcript.slice(this.reported), position: this.reported }
  }

  changed(): void {
    if (this.stopped || this.timer) return
    const wait = Math.max(0, this.reportedAt + gapMs - Date.now())
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.writing = this.writing.then(() => this.report()).catch(this.onError)
    }, wait)
  }

  /** Resolves when nothing more is written. */
  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    await this.writing
  }

  private async report(): Promise<void> {
    if (this.stopped) return
    this.reportedAt = Date.now()
    const { status, doing, approvals, ...record } = this.live.record()
    const progress = progressOf(record)
    const news = this.unreported(withoutMedia(this.live.transcript()))
    await this.store.report(this.live.runId, { status, doing, approvals, progress, news })
    this.reported = news.position + news.messages.length
  }
}
