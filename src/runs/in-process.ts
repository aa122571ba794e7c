import type { ApprovalDecision } from '../agent/approval.js'
import type { Message } from '../agent/content.js'
import { type AgentError, asAgentError, cancelledError } from '../agent/errors.js'
import { noUsage } from '../agent/usage.js'
import { BoundedStore } from './bounded-store.js'
import type {
  RunEngine,
  RunFilter,
  RunHandle,
  RunOutcome,
  RunRecord,
  RunSummary,
  StartOptions,
  WaitOptions,
} from './engine.js'
import { otherArguments, shuttingDown } from './engine-errors.js'
import { FairQueue, type Place } from './fair-queue.js'
import { failureData, LiveRun } from './live-run.js'
import type { Admission, Admit } from './quotas.js'
import { runSpec } from './run.js'
import type { SessionStore } from './session-store.js'
import type { Materialise, RunSpec } from './spec.js'
import { messagesSize, withoutMedia } from './transcript.js'

export interface InProcessOptions {
  /** Runs that work at once, and that wait for their turn. */
  maxConcurrent: number
  maxQueued: number
  /** How long, how many and how many bytes of results are kept. */
  resultTtlSeconds: number
  maxResults: number
  maxResultBytes: number
  /** How long a tool call waits for somebody's word; then it is refused. */
  approvalTimeoutSeconds: number
  /** Asked before a run is taken on. */
  admit: Admit
  /** Told of every run that has ended. */
  onEnd?: (record: RunRecord) => void
}

interface Started {
  readonly run: LiveRun
  readonly place: Place
  admission?: Admission
  /** Ends the run with the call that started it; `undefined`: the run is detached. */
  owner: AbortSignal | undefined
  readonly onOwnerAbort: () => void
  readonly key: string | undefined
}

interface Ended {
  readonly record: RunRecord
  readonly transcript: readonly Message[]
  readonly key: string | undefined
}

/** Stopping is a matter of moments; a tool that does not hear of it is not waited for. */
const stopMs = 5_000
const queueWordMs = 1_000

/** Runs agents inside this process: what it knows goes with the process. */
export class InProcessEngine implements RunEngine {
  private readonly live = new Map<string, Started>()
  /** Results that somebody may come back for are not pushed out by those that were told at once. */
  private readonly detached: BoundedStore<Ended>
  private readonly told: BoundedStore<Ended>
  private readonly keys = new Map<string, { runId: string; argumentsDigest: string }>()
  private readonly queue: FairQueue
  private queueTimer: NodeJS.Timeout | undefined
  private closing = false

  constructor(
    private readonly materialise: Materialise,
    private readonly sessions: SessionStore,
    private readonly options: InProcessOptions,
  ) {
    this.queue = new FairQueue(options.maxConcurrent, options.maxQueued)
    const bounds = {
      ttlMs: options.resultTtlSeconds * 1000,
      maxCount: options.maxResults,
      maxBytes: options.maxResultBytes,
    }
    this.detached = new BoundedStore(bounds, ({ key, record }) => this.forget(key, record.runId))
    this.told = new BoundedStore(bounds)
  }

  async start(
    spec: RunSpec,
    { idempotency, signal, stream }: StartOptions = {},
  ): Promise<RunHandle> {
    const key = idempotency && JSON.stringify([spec.principal, idempotency.key])
    const joined = key && this.keys.get(key)
    if (joined && this.has(joined.runId)) {
      if (joined.argumentsDigest === idempotency?.argumentsDigest) return { runId: joined.runId }
      throw otherArguments()
    }
    if (this.closing) throw shuttingDown()
    const run = new LiveRun(spec, this.options.approvalTimeoutSeconds * 1000)
    const started: Started = {
      run,
      place: { principal: spec.principal, start: () => void this.work(started, stream) },
      owner: idempotency ? undefined : signal,
      onOwnerAbort: () => this.stop(started, signal?.reason),
      key,
    }
    this.live.set(run.runId, started)
    if (key && idempotency)
      this.keys.set(key, { runId: run.runId, argumentsDigest: idempotency.argumentsDigest })
    started.owner?.addEventListener('abort', started.onOwnerAbort, { once: true })
    try {
      started.admission = await this.options.admit(spec)
      this.queue.enter(started.place)
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
    { timeoutMs, signal, onProgress }: WaitOptions,
  ): Promise<RunRecord | undefined> {
    const started = this.liveRun(runId, principal)
    if (!started) return this.ended(runId, principal)?.record
    onProgress?.(this.record(started).doing)
    if (onProgress && started.run.status === 'queued') this.tellOfQueue()
    // The signal of the call that started a run ends the run itself, and so the wait.
    const own = signal !== started.owner
    if (timeoutMs > 0) await started.run.untilNews(timeoutMs, own ? signal : undefined, onProgress)
    if (!this.live.has(runId)) return this.ended(runId, principal)?.record
    if (!signal?.aborted) this.detach(started)
    return this.record(started)
  }

  async get(runId: string, principal: string): Promise<RunRecord | undefined> {
    const started = this.liveRun(runId, principal)
    return started ? this.record(started) : this.ended(runId, principal)?.record
  }

  async cancel(runId: string, principal: string): Promise<RunRecord | undefined> {
    const started = this.liveRun(runId, principal)
    if (started) {
      this.stop(started)
      if (this.live.has(runId)) await started.run.untilEnd(stopMs)
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
      ...[...this.detached.values(), ...this.told.values()].map(({ record }) => record),
    ]
    return records
      .filter((record) => record.principal === principal && fits(record, filter))
      .sort((one, other) => other.createdAt - one.createdAt)
  }

  async transcript(runId: string, principal: string): Promise<readonly Message[] | undefined> {
    const started = this.liveRun(runId, principal)
    return started
      ? withoutMedia(started.run.transcript())
      : this.ended(runId, principal)?.transcript
  }

  async close(graceMs: number): Promise<void> {
    this.closing = true
    if (graceMs > 0) await this.untilAllEnd(graceMs)
    for (const started of [...this.live.values()])
      this.stop(started, 'The server is shutting down.')
    await this.untilAllEnd(stopMs)
  }

  private async work(started: Started, stream: boolean | undefined): Promise<void> {
    const { admission, run } = started
    const { approvals, controller, onEvent } = run
    const spec = { ...run.spec, limits: admission?.limits ?? run.spec.limits }
    run.begin()
    let outcome: RunOutcome
    try {
      const parts = await this.materialise(spec, controller.signal)
      const result = await runSpec(spec, parts, this.sessions, {
        signal: controller.signal,
        approve: approvals.approve,
        onEvent,
        onWait: () => run.say('waiting for the session'),
        stream,
      })
      outcome = { result }
    } catch (thrown) {
      outcome = { error: failureData(asAgentError(thrown)) }
    }
    this.end(started, outcome)
    this.queue.leave()
  }

  private stop(started: Started, reason?: unknown): void {
    const { key, place, run } = started
    this.forget(key, run.runId)
    if (this.queue.giveUp(place)) this.end(started, { error: failureData(cancelledError()) })
    else run.controller.abort(reason)
  }

  /** What was not taken on is no run: nothing is kept of it. */
  private refuse(started: Started, error: AgentError): void {
    const { admission, key, run } = started
    this.detach(started)
    this.live.delete(run.runId)
    this.forget(key, run.runId)
    void admission?.settle({ usage: noUsage, costUsd: 0 })
    run.end({ error: failureData(error) }, 0)
  }

  private end(started: Started, outcome: RunOutcome): void {
    const { admission, key, run } = started
    const { usage, metrics } = 'error' in outcome ? outcome.error : outcome.result
    // Without metrics it ended before anything was sent.
    void admission?.settle(
      metrics ? { usage, costUsd: metrics.costUsd } : { usage: noUsage, costUsd: 0 },
    )
    const store = started.owner ? this.told : this.detached
    this.detach(started)
    this.live.delete(run.runId)
    const { record, transcript } = run.end(outcome, this.options.resultTtlSeconds)
    // An answer's images are kept with it.
    const answer = 'result' in outcome && outcome.result.message
    const bytes = messagesSize(answer ? [...transcript, answer] : transcript)
    store.add(run.runId, { record, transcript, key }, bytes)
    this.options.onEnd?.(record)
  }

  private detach(started: Started): void {
    started.owner?.removeEventListener('abort', started.onOwnerAbort)
    started.owner = undefined
  }

  private liveRun(runId: string, principal: string): Started | undefined {
    const started = this.live.get(runId)
    return started?.run.spec.principal === principal ? started : undefined
  }

  private ended(runId: string, principal: string): Ended | undefined {
    const ended = this.detached.get(runId) ?? this.told.get(runId)
    return ended?.record.principal === principal ? ended : undefined
  }

  private has(runId: string): boolean {
    return this.live.has(runId) || this.detached.get(runId) !== undefined
  }

  private forget(key: string | undefined, runId: string): void {
    if (key !== undefined && this.keys.get(key)?.runId === runId) this.keys.delete(key)
  }

  private record({ run, place }: Started): RunRecord {
    if (run.status === 'queued') run.doing = this.queueWord(place)
    return run.record()
  }

  private queueWord(place: Place): string {
    return `queued, ${this.queue.before(place)} before it`
  }

  /** Tells those who listen how far their runs have come, for as long as any run is queued. */
  private tellOfQueue(): void {
    this.queueTimer ??= setInterval(() => {
      const queued = [...this.live.values()].filter(({ run }) => run.status === 'queued')
      for (const { run, place } of queued) {
        const word = run.heard ? this.queueWord(place) : run.doing
        if (word !== run.doing) run.say(word)
      }
      if (queued.length > 0) return
      clearInterval(this.queueTimer)
      this.queueTimer = undefined
    }, queueWordMs).unref()
  }

  private async untilAllEnd(withinMs: number): Promise<void> {
    await Promise.all([...this.live.values()].map(({ run }) => run.untilEnd(withinMs)))
  }
}

function fits({ sessionId, status }: RunSummary, filter: RunFilter): boolean {
  return (
    (filter.statuses === undefined || filter.statuses.includes(status)) &&
    (filter.sessionId === undefined || filter.sessionId === sessionId)
  )
}
