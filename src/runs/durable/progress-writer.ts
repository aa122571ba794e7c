import type { Message } from '../../agent/messages/content.js'
import type { RunStatus } from '../engine.js'
import type { LiveRun } from '../live/live-run.js'
import { withoutMedia } from '../live/transcript.js'
import { progressOf } from './run-rows.js'
import type { NewMessages } from './run-state.js'
import type { RunStore } from './run-store.js'

/** The minimum time between writes, which limits the load on the database. */
const gapMs = 1_000
/** The time until the first write: a shorter run is only written at its end. */
const firstMs = 250

/**
 * Writes the progress of a run to the store, at most once a second and one write at a time. A new
 * status, such as the wait for approval, is written at once.
 */
export class ProgressWriter {
  private written = 0
  private writtenAt = Date.now() + firstMs - gapMs
  private writtenStatus: RunStatus = 'running'
  private timer: NodeJS.Timeout | undefined
  private writing: Promise<void> = Promise.resolve()
  private stopped = false

  constructor(
    private readonly live: LiveRun,
    private readonly store: RunStore,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Returns the messages of a transcript that the store does not have. */
  unwritten(transcript: readonly Message[]): NewMessages {
    return { messages: transcript.slice(this.written), position: this.written }
  }

  changed(): void {
    if (this.stopped) return
    const atOnce = this.live.status !== this.writtenStatus
    if (this.timer && !atOnce) return
    clearTimeout(this.timer)
    const wait = atOnce ? 0 : Math.max(0, this.writtenAt + gapMs - Date.now())
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.writing = this.writing.then(() => this.report()).catch(this.onError)
    }, wait)
  }

  /** Stops writing, and resolves when the last write has finished. */
  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    await this.writing
  }

  private async report(): Promise<void> {
    if (this.stopped) return
    this.writtenAt = Date.now()
    const { status, activity, approvals, ...record } = this.live.record()
    this.writtenStatus = status
    const progress = progressOf(record)
    const news = this.unwritten(withoutMedia(this.live.transcript()))
    await this.store.report(this.live.runId, { status, activity, approvals, progress, news })
    this.written = news.position + news.messages.length
  }
}
