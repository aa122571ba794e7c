import { AgentError, asAgentError, cancelledError } from '../../agent/errors.js'
import type { Message } from '../../agent/messages/content.js'
import { noUsage } from '../../agent/metrics/usage.js'
import type { ApprovalDecision } from '../../agent/tools/approval.js'
import {
  listLimit,
  matchesFilter,
  type RunEngine,
  type RunFailure,
  type RunFilter,
  type RunHandle,
  type RunLoad,
  type RunOutcome,
  type RunRecord,
  type RunSummary,
  type StartOptions,
  type WaitOptions,
} from '../engine.js'
import { queueFull, shuttingDown, unexpectedError } from '../engine-errors.js'
import { failureData, LiveRun } from '../live/live-run.js'
import { withoutMedia } from '../live/transcript.js'
import type { Admission, Admit } from '../quotas/quotas.js'
import { runSpec } from '../run.js'
import type { SessionStore } from '../sessions/session-store.js'
import type { BuildRun, RunSpec } from '../spec.js'
import { EndedRuns, type EndedRunsBounds } from './ended-runs.js'
import { FairQueue, type QueueEntry } from './fair-queue.js'
import { IdempotencyKeys } from './idempotency-keys.js'

export interface InProcessOptions extends EndedRunsBounds {
  /** The maximum number of active runs, and of queued runs. */
  maxConcurrent: number
  maxQueued: number
  /** Limits how long a tool call waits for approval before it is refused. */
  approvalTimeoutSeconds: number
  /** Admits a run, or fails. */
  admit: Admit
  /** Called with every run that has ended. */
  onEnd?: (record: RunRecord) => void
  /** Called with an unexpected error. The run's own error contains no details. */
  onUnexpectedError?: (thrown: unknown) => void
}

interface StartedRun {
  readonly run: LiveRun
  readonly entry: QueueEntry
  admission?: Admission
  /** The signal of the call that started the run; `undefined` if the run is detached. */
  owner: AbortSignal | undefined
  readonly onOwnerAbort: () => void
  readonly key: string | undefined
}

/** Limits the wait for a run to stop. A tool that ignores its signal is not awaited. */
const stopMs = 5_000
const queueReportMs = 1_000

/** Runs agents inside this process. Runs and results are lost when the process ends. */
export class InProcessEngine implements RunEngine {
  private readonly live = new Map<string, StartedRun>()
  private readonly ended: EndedRuns
  private readonly keys = new IdempotencyKeys()
  private readonly queue: FairQueue
  private queueTimer: NodeJS.Timeout | undefined
  private closing = false

  constructor(
    private readonly buildRun: BuildRun,
    private readonly sessions: SessionStore,
    private readonly options: InProcessOptions,
  ) {
    this.queue = new FairQueue(options.maxConcurrent, options.maxQueued)
    this.ended = new EndedRuns(options, ({ key, record }) => this.keys.free(key, record.runId))
  }

  async start(
    spec: RunSpec,
    { idempotency, signal, ...following }: StartOptions = {},
  ): Promise<RunHandle> {
    const key = idempotency && IdempotencyKeys.name(spec.principal, idempotency)
    const isThere = (runId: string) =>
      this.live.has(runId) || this.ended.get(runId, spec.principal) !== undefined
    const joined = key && this.keys.find(key, idempotency, isThere)
    // No await between this check and adding the key, so that concurrent starts cannot race.
    if (joined) return { runId: joined }
    if (this.closing) throw shuttingDown()
    const run = new LiveRun(spec, this.options.approvalTimeoutSeconds * 1000)
    const started: StartedRun = {
      run,
      entry: {
        principal: spec.principal,
        start: () => void this.execute(started, following),
        refuse: () => this.end(started, { error: failureData(queueFull(this.options.maxQueued)) }),
      },
      owner: idempotency ? undefined : signal,
      onOwnerAbort: () => this.stop(started, signal?.reason),
      key,
    }
    this.live.set(run.runId, started)
    if (key) this.keys.add(key, idempotency, run.runId)
    started.owner?.addEventListener('abort', started.onOwnerAbort, { once: true })
    try {
      started.admission = await this.options.admit(spec)
      this.queue.enter(started.entry)
    } catch (thrown) {
      this.refuse(started, asAgentError(thrown))
      throw thrown
    }
    if (signal?.aborted && started.owner) this.stop(started, signal.reason)
    return run
  }

  async wait(
    runId: string,
    principal: string,
    { timeoutMs, signal, asks, onProgress }: WaitOptions,
  ): Promise<RunRecord | undefined> {
    const started = this.liveRun(runId, principal)
    if (!started) return this.ended.get(runId, principal)?.record
    onProgress?.(this.record(started).activity)
    if (onProgress && started.run.status === 'queued') this.reportQueuePosition()
    // The signal of the call that started a run cancels the run, which ends the wait.
    const own = signal !== started.owner
    if (timeoutMs > 0)
      await started.run.waitForChange(timeoutMs, own ? signal : undefined, onProgress)
    if (started.run.ended) return started.run.ended
    const goesOn = asks && started.run.status === 'waiting'
    if (!signal?.aborted && !goesOn) this.detach(started)
    return this.record(started)
  }

  async get(runId: string, principal: string): Promise<RunRecord | undefined> {
    const started = this.liveRun(runId, principal)
    return started ? this.record(started) : this.ended.get(runId, principal)?.record
  }

  async cancel(runId: string, principal: string): Promise<RunRecord | undefined> {
    const started = this.liveRun(runId, principal)
    if (started) {
      this.stop(started)
      if (this.live.has(runId)) await started.run.waitForEnd(stopMs)
      if (started.run.ended) return started.run.ended
    }
    return this.get(runId, principal)
  }

  async decide(
    runId: string,
    principal: string,
    toolUseId: string,
    decision: ApprovalDecision,
  ): Promise<boolean> {
    const run = this.liveRun(runId, principal)?.run
    return run?.approvals.decide(toolUseId, decision) ?? false
  }

  async list(principal: string, filter: RunFilter = {}): Promise<RunSummary[]> {
    const records = [
      ...[...this.live.values()].map((started) => this.record(started)),
      ...this.ended.records(),
    ]
    return records
      .filter((record) => record.principal === principal && matchesFilter(record, filter))
      .sort((one, other) => other.createdAt - one.createdAt)
      .slice(0, listLimit(filter))
  }

  async transcript(runId: string, principal: string): Promise<readonly Message[] | undefined> {
    const started = this.liveRun(runId, principal)
    return started
      ? withoutMedia(started.run.transcript())
      : this.ended.get(runId, principal)?.transcript
  }

  load(): RunLoad {
    return this.queue.load
  }

  get ready(): boolean {
    return !this.closing
  }

  async close(graceMs: number): Promise<void> {
    this.closing = true
    if (graceMs > 0) await this.waitForAll(graceMs)
    for (const started of [...this.live.values()])
      this.stop(started, 'The server is shutting down.')
    await this.waitForAll(stopMs)
  }

  private async execute(
    started: StartedRun,
    { onEvent, stream }: Pick<StartOptions, 'onEvent' | 'stream'>,
  ): Promise<void> {
    const { admission, run } = started
    const { approvals, controller } = run
    const spec = { ...run.spec, limits: admission?.limits ?? run.spec.limits }
    run.begin()
    let outcome: RunOutcome
    try {
      const parts = await this.buildRun(spec, controller.signal)
      const result = await runSpec(spec, parts, this.sessions, {
        signal: controller.signal,
        approve: approvals.approve,
        onEvent: onEvent
          ? (event) => {
              run.onEvent(event)
              onEvent(event)
            }
          : run.onEvent,
        onWait: () => run.setActivity('waiting for the session'),
        stream,
      })
      outcome = { result }
    } catch (thrown) {
      outcome = { error: this.failure(thrown) }
    }
    this.end(started, outcome)
    this.queue.leave()
  }

  private stop(started: StartedRun, reason?: unknown): void {
    const { key, entry, run } = started
    this.keys.free(key, run.runId)
    if (this.queue.cancel(entry)) this.end(started, { error: failureData(cancelledError()) })
    else run.controller.abort(reason)
  }

  /** Removes a run that was not admitted. No part of it is kept. */
  private refuse(started: StartedRun, error: AgentError): void {
    const { admission, key, run } = started
    this.detach(started)
    this.live.delete(run.runId)
    this.keys.free(key, run.runId)
    void admission?.settle({ usage: noUsage, costUsd: 0 })
    run.end({ error: failureData(error) }, 0)
  }

  private end(started: StartedRun, outcome: RunOutcome): void {
    const { admission, key, run } = started
    const { usage, metrics } = 'error' in outcome ? outcome.error : outcome.result
    // A run without metrics ended before anything was sent.
    void admission?.settle(
      metrics ? { usage, costUsd: metrics.costUsd } : { usage: noUsage, costUsd: 0 },
    )
    const awaited = started.owner === undefined
    this.detach(started)
    this.live.delete(run.runId)
    // A run that cost nothing may be repeated with the same key.
    if (!metrics) this.keys.free(key, run.runId)
    const { record, transcript } = run.end(outcome, this.options.resultTtlSeconds)
    this.ended.add({ record, transcript, key }, { awaited })
    this.options.onEnd?.(record)
  }

  private detach(started: StartedRun): void {
    started.owner?.removeEventListener('abort', started.onOwnerAbort)
    started.owner = undefined
  }

  private liveRun(runId: string, principal: string): StartedRun | undefined {
    const started = this.live.get(runId)
    return started?.run.spec.principal === principal ? started : undefined
  }

  private failure(thrown: unknown): RunFailure {
    if (thrown instanceof AgentError) return failureData(thrown)
    this.options.onUnexpectedError?.(thrown)
    return { ...failureData(unexpectedError()), internal: true }
  }

  private record({ run, entry }: StartedRun): RunRecord {
    if (run.status === 'queued') run.activity = this.queueText(entry)
    return run.record()
  }

  private queueText(entry: QueueEntry): string {
    return `queued, ${this.queue.position(entry)} before it`
  }

  /** Reports queue positions to listeners once a second, while any run is queued. */
  private reportQueuePosition(): void {
    this.queueTimer ??= setInterval(() => {
      const queued = [...this.live.values()].filter(({ run }) => run.status === 'queued')
      for (const { run, entry } of queued) {
        const word = run.hasListeners ? this.queueText(entry) : run.activity
        if (word !== run.activity) run.setActivity(word)
      }
      if (queued.length > 0) return
      clearInterval(this.queueTimer)
      this.queueTimer = undefined
    }, queueReportMs).unref()
  }

  private async waitForAll(withinMs: number): Promise<void> {
    await Promise.all([...this.live.values()].map(({ run }) => run.waitForEnd(withinMs)))
  }
}
