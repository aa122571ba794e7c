import { setTimeout as sleep } from 'node:timers/promises'
import { AgentError, asAgentError } from '../../agent/errors.js'
import { defaultLimits } from '../../agent/limits.js'
import { urlOf } from '../../agent/messages/media.js'
import type { Metrics } from '../../agent/metrics/types.js'
import type { AgentResult } from '../../agent/result.js'
import type { RunOutcome, RunRecord, RunResult } from '../engine.js'
import { unexpectedError } from '../engine-errors.js'
import { failureData, LiveRun } from '../live/live-run.js'
import type { Notifications } from '../postgres/notifications.js'
import { isUnavailable, retryUntilAvailable } from '../postgres/outage.js'
import type { PostgresSessions } from '../postgres/postgres-sessions.js'
import { runSpec } from '../run.js'
import type { BuildRun, RunParts, RunSpec } from '../spec.js'
import { durableApprove } from './durable-approvals.js'
import { DurableModel } from './durable-model.js'
import { durableSessions } from './durable-sessions.js'
import { DurableTools } from './durable-tools.js'
import { errorInit } from './error-init.js'
import { ProgressWriter } from './progress-writer.js'
import { progressOf } from './run-rows.js'
import type { TakenRun } from './run-state.js'
import type { RunStore } from './run-store.js'
import { type RunStep, StepLog } from './step-log.js'

/** Holds the parts that every run on this node needs. */
export interface ExecutionContext {
  readonly store: RunStore
  readonly sessions: PostgresSessions
  readonly buildRun: BuildRun
  readonly keepSeconds: number
  readonly approvalTimeoutSeconds: number
  readonly notifications: Notifications
  readonly runStep: RunStep
  readonly isOwnershipLoss: (error: unknown) => boolean
  /** Puts a run back into the queue, so that a node continues it from its record. */
  readonly requeue: (runId: string) => Promise<void>
  /** Returns whether this node is shutting down, and leaves its runs to other nodes. */
  readonly closing: () => boolean
  readonly onError: (error: unknown) => void
  /** Called with every run that has ended on this node, before others hear of it. */
  readonly onEnd: (record: RunRecord) => void
}

/**
 * Limits how many nodes take on a run. A run that this many nodes did not end is presumed to crash
 * its node.
 */
const maxAttempts = 20
/** A run fails if a step cannot be recorded at this attempt, because repeated steps are paid for. */
const maxFaultyAttempts = 3
const faultPauseMs = 200
const maxFaultPauseMs = 5_000
/** The time for replaying the record, also for a run whose time is up. */
const minSeconds = 1
const never = new Promise<never>(() => {})

/** Executes a run once on this node: replays its record, then continues to its end. */
export class Execution {
  private readonly controller = new AbortController()
  private readonly stepLog: StepLog
  private cancelRequested: boolean
  private superseded = false
  private finishing = false
  private live: LiveRun | undefined

  constructor(
    readonly runId: string,
    private readonly taken: TakenRun,
    private readonly context: ExecutionContext,
  ) {
    this.cancelRequested = taken.cancelRequested
    this.stepLog = new StepLog(context.runStep, {
      stop: () => this.controller.abort(),
      // Steps before a cancel are replayed, because they are part of what was spent.
      beforeWork: () => {
        if (this.cancelRequested) this.controller.abort()
      },
      waitToStart: () => (context.closing() ? never : Promise.resolve()),
      childSteps: (path) => context.store.childSteps(runId, path),
    })
  }

  /** True if nothing would be lost if this node ended now. */
  get idle(): boolean {
    return !this.finishing && this.stepLog.idle
  }

  /** The activity of the run; `undefined` if it is not running on this node. */
  get activity(): string | undefined {
    return this.live?.status === 'running' ? this.live.activity : undefined
  }

  cancel(): void {
    this.cancelRequested = true
    this.controller.abort()
  }

  /** Stops this execution, because another one on this node replaces it. */
  supersede(): void {
    this.superseded = true
    this.controller.abort()
  }

  async run(): Promise<void> {
    const { approvalTimeoutSeconds, keepSeconds, onEnd, onError, store } = this.context
    const { createdAt, spec, startedAt } = this.taken
    const live = new LiveRun(spec, approvalTimeoutSeconds * 1000, this.runId)
    this.live = live
    const progressWriter = new ProgressWriter(live, store, onError)
    live.begin()
    const found = await this.outcome(live, progressWriter)
    await progressWriter.stop()
    const outcome = await this.unlessFault(found, live)
    if (!outcome) return
    this.finishing = true
    const { record, transcript } = live.end(outcome, keepSeconds)
    const { status } = record
    const end = { status, outcome, keepSeconds, progress: progressOf(record) }
    const news = progressWriter.unwritten(transcript)
    const ended = await retryUntilAvailable(() => store.finish(this.runId, spec, end, news))
    this.finishing = false
    if (ended) onEnd({ ...record, createdAt, startedAt, ...ended })
    store.announceEnd(this.runId)
  }

  /**
   * Returns the outcome to write; `undefined` if another execution continues the run. A fault of
   * this node or of the database does not end a run, unless it recurs.
   */
  private async unlessFault(outcome: RunOutcome, live: LiveRun): Promise<RunOutcome | undefined> {
    const { closing, isOwnershipLoss, onError, requeue } = this.context
    const { fault } = this.stepLog
    if (this.superseded) return undefined
    if (fault === undefined) return outcome
    if (closing()) return never
    if (isOwnershipLoss(fault)) throw fault
    onError(fault)
    const { attempts } = this.taken
    if (isUnavailable(fault) || attempts < maxFaultyAttempts) {
      await sleep(Math.min(attempts * faultPauseMs, maxFaultPauseMs))
      await requeue(this.runId)
      return undefined
    }
    const { text, usage, metrics } = live.record()
    const error = { ...failureData(unexpectedError()), text, usage, metrics, internal: true }
    return { error: { ...error, metrics: this.sinceFirstNode(metrics) } }
  }

  private async outcome(live: LiveRun, progressWriter: ProgressWriter): Promise<RunOutcome> {
    const { attempts, elapsedMs, stream } = this.taken
    const { notifications, sessions, store } = this.context
    const { signal } = this.controller
    const changed = () => progressWriter.changed()
    live.listen(changed)
    try {
      if (attempts > maxAttempts) throw tooManyAttempts(attempts)
      const { spec, parts } = await this.materials()
      const ask = durableApprove(this.runId, live.approvals, store.decisions, notifications)
      const top = { name: this.runId, path: '' }
      const tools = new DurableTools(parts.tools, top, this.stepLog, ask)
      const model = new DurableModel(parts.model, tools, this.stepLog)
      const result = await runSpec(
        withTimeLeft(spec, elapsedMs),
        { ...parts, model, tools: tools.tools },
        durableSessions(sessions, this.runId, this.stepLog),
        {
          signal,
          approve: tools.approve,
          onEvent: (event) => {
            live.onEvent(event)
            changed()
          },
          onWait: () => live.setActivity('waiting for the session'),
          stream,
        },
      )
      await tools.closeCycle()
      return { result: this.asAsked(result) }
    } catch (thrown) {
      const failure = failureData(asAgentError(thrown))
      const metrics = failure.metrics && this.sinceFirstNode(failure.metrics)
      return { error: { ...failure, metrics } }
    }
  }

  /** Builds the run. The content of URLs in the prompt is fetched once, and recorded. */
  private async materials(): Promise<{ spec: RunSpec; parts: RunParts }> {
    const { buildRun } = this.context
    const { signal } = this.controller
    const { spec } = this.taken
    const { prompt } = spec
    if (typeof prompt === 'string' || !prompt.some((block) => urlOf(block)))
      return { spec, parts: await buildRun(spec, signal) }
    const fetched = await this.stepLog.step('prompt', signal, async () => {
      try {
        return { prompt: (await buildRun(spec, signal)).prompt ?? prompt }
      } catch (error) {
        return { error: errorInit(asAgentError(error)) }
      }
    })
    if ('error' in fetched) throw new AgentError(fetched.error)
    const settled = { ...spec, prompt: fetched.prompt }
    return { spec: settled, parts: await buildRun(settled, signal) }
  }

  /**
   * Returns the result with the run's total time. It has the original timeout instead of the time
   * that was left on this node.
   */
  private asAsked(result: AgentResult): RunResult {
    const { text, stopReason, usage, message, output, attempts, limit } = result
    const metrics = this.sinceFirstNode(result.metrics)
    const told = { text, stopReason, usage, metrics, message, output, attempts }
    if (limit?.name !== 'timeoutSeconds') return { ...told, limit }
    const max = timeoutOf(this.taken.spec)
    return { ...told, limit: { ...limit, max, spent: metrics.latencyMs / 1000 } }
  }

  private sinceFirstNode(metrics: Metrics): Metrics {
    return { ...metrics, latencyMs: this.taken.elapsedMs + metrics.latencyMs }
  }
}

function timeoutOf({ limits }: RunSpec): number {
  return limits.timeoutSeconds ?? defaultLimits.timeoutSeconds
}

/**
 * Returns the spec with the remaining time of its timeout, which starts on the run's first node.
 */
function withTimeLeft(spec: RunSpec, elapsedMs: number): RunSpec {
  const left = Math.max(minSeconds, timeoutOf(spec) - elapsedMs / 1000)
  return { ...spec, limits: { ...spec.limits, timeoutSeconds: left } }
}

function tooManyAttempts(attempts: number): AgentError {
  return new AgentError({
    code: 'providerError',
    message: `The run was abandoned: ${attempts - 1} nodes executed it, and each of them ended first.`,
    hint: 'Check the logs of the nodes for the cause, then start the run again.',
  })
}
