import { hasEnded, type RunRecord, type RunSummary, type WaitOptions } from '../engine.js'
import type { Notifications } from '../postgres/notifications.js'
import { isUnavailable } from '../postgres/outage.js'
import type { RunSpec } from '../spec.js'
import type { RunReads } from './run-reads.js'
import { noProgress } from './run-rows.js'
import { type RunNotice, runTopic } from './run-store.js'

/** Limits the number of runs started here whose first state is kept. */
const maxStarted = 1_000

/** A call that waits for a run. */
interface Waiting {
  readonly runId: string
  readonly principal: string
  readonly left: AbortController
  /** The record of the run, if it has ended on this node. */
  ended: RunRecord | undefined
}

/**
 * Manages the calls on this node that wait for runs. While the database is unavailable, they keep
 * waiting. When their time is up, they return what is known of their run.
 */
export class RunWaits {
  /** The first state of the runs that were started here. */
  private readonly started = new Map<string, RunSummary>()
  private readonly waiting = new Set<Waiting>()
  private closed = false

  /** `activityHere` returns the activity of a run that works in this process. */
  constructor(
    private readonly reads: RunReads,
    private readonly notifications: Notifications,
    private readonly activityHere: (runId: string) => string | undefined,
  ) {}

  remember(runId: string, { agent, modelId, principal, sessionId, tool }: RunSpec): void {
    this.started.set(runId, {
      runId,
      principal,
      tool,
      agent,
      modelId,
      ...(sessionId !== undefined && { sessionId }),
      status: 'queued',
      activity: 'queued',
      createdAt: Date.now(),
    })
    const [oldest] = this.started.keys()
    if (this.started.size > maxStarted && oldest !== undefined) this.started.delete(oldest)
  }

  /** Takes the record of a run that has ended here, so that its waiters need not read it. */
  ended(record: RunRecord): void {
    const { runId, principal } = record
    for (const waiting of this.waiting)
      if (waiting.runId === runId && waiting.principal === principal) waiting.ended = record
  }

  /** Waits until the run has ended or is `awaited`, the time is up, the signal aborts or the node closes. */
  async wait(
    runId: string,
    principal: string,
    { timeoutMs, signal, onProgress }: WaitOptions,
    awaited: (run: RunSummary) => boolean,
  ): Promise<RunSummary | RunRecord | undefined> {
    const until = Date.now() + timeoutMs
    const { pollMs } = this.notifications
    const left = new AbortController()
    const leave = () => left.abort()
    if (signal?.aborted || this.closed) leave()
    signal?.addEventListener('abort', leave, { once: true })
    const waiting: Waiting = { runId, principal, left, ended: undefined }
    this.waiting.add(waiting)
    const notices = this.notifications.watch(runTopic(runId))
    const started = this.started.get(runId)
    let known = started?.principal === principal ? started : undefined
    try {
      let told: RunNotice | undefined
      for (let shown = '', readAt = known?.createdAt ?? 0; ; ) {
        if (waiting.ended) return waiting.ended
        const over = Date.now() >= until || left.signal.aborted
        const fresh = !over && Date.now() - readAt < pollMs
        let activity = fresh ? (this.activityHere(runId) ?? told?.activity) : undefined
        if (activity === undefined) {
          known = await this.read(runId, principal, known)
          readAt = Date.now()
          if (!known || hasEnded(known.status) || awaited(known) || over) return known
          activity = known.activity
        }
        if (activity !== shown) onProgress?.(activity)
        shown = activity
        const content = await notices.next(Math.min(until - Date.now(), pollMs), left.signal)
        told = content === undefined ? undefined : (JSON.parse(content) as RunNotice)
        readAt = told ? Date.now() : 0
      }
    } finally {
      notices.stop()
      this.waiting.delete(waiting)
      signal?.removeEventListener('abort', leave)
    }
  }

  /**
   * Returns the record of a run that was just read, or its summary if the database is unavailable.
   */
  async record(run: RunSummary | RunRecord): Promise<RunRecord | undefined> {
    if ('metrics' in run) return run
    try {
      return await this.reads.record(run.runId, run.principal)
    } catch (error) {
      if (hasEnded(run.status) || !isUnavailable(error)) throw error
      return { ...run, ...noProgress() }
    }
  }

  /** Ends all waits, because the node closes. */
  close(): void {
    this.closed = true
    for (const { left } of this.waiting) left.abort()
  }

  private async read(
    runId: string,
    principal: string,
    known: RunSummary | undefined,
  ): Promise<RunSummary | undefined> {
    try {
      return await this.reads.summary(runId, principal)
    } catch (error) {
      if (!known || !isUnavailable(error)) throw error
      return known
    }
  }
}
