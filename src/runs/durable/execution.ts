import { AgentError, asAgentError } from '../../agent/errors.js'
import { defaultLimits } from '../../agent/limits.js'
import { urlOf } from '../../agent/messages/media.js'
import type { Metrics } from '../../agent/metrics/types.js'

import type { AgentResult } from '../../agent/result.js'
import type { RunOutcome, RunRecord, RunResult } from '../engine.js'
import { failureData, LiveRun } from '../live/live-run.js'
import type { Notifications } from '../postgres/notifications.js'
import { retryUntilAvailable } from '../postgres/outage.js'
import type { PostgresSessions } from '../postgres/postgres-sessions.js'
import { runSpec } from '../run.js'
import type { BuildRun, RunParts, RunSpec } from '../spec.js'
import { durableApprove } from './durable-approvals.js'
import { DurableModel } from './durable-model.js'
import { durableSessions } from './durable-sessions.js'
import { DurableTools } from './durable-tools.js'
import { errorRecord } from './error-record.js'
import { ProgressWriter } from './progress-writer.js'
import { progressOf } from './run-rows.js'
import type { RunStore, TakenRun } from './run-store.js'
import { type RunStep, StepLog } from './step-log.js'

/** What every run on this node needs. */
export interface ExecutionContext {
  readonly store: RunStore
  readonly sessions: PostgresSessions
  readonly buildRun: BuildRun
  readonly keepSeconds: number
  readonly approvalTimeoutSeconds: number
  readonly notifications: Notifications
  readonly runStep: RunStep
  readonly isLoss: (error: unknown) => boolean
  /** Resolves when a new step may start, which may be never. */
  readonly mayStart: () => Promise<void>
  readonly onError: (error: unknown) => void
  /** Told of every run that has ended here. */
  readonly onEnd: ((record: RunRecord) => void) | undefined
}

/** A run that nodes have taken on so often has taken them down with it. */
const maxAttempts = 20
/** What is recorded is gone through in a moment, also by a run whose time is up. */
const minSeconds = 1

/** One run on this node, from what is recorded of it to its end. */
export class Execution {
  private readonly controller = new AbortController()
  private readonly stepLog: StepLog
  private cancelRequested: boolean
  private superseded = false

  constructor(
    readonly runId: string,
    private readonly taken: TakenRun,
    private readonly context: ExecutionContext,
  ) {
    this.cancelRequested = taken.cancelRequested
    this.stepLog = new StepLog(context.runStep, {
      stop: () => this.controller.abort(),
      // What was done before a cancel is gone through all the same: it is part of what was spent.
      onLive: () => {
        if (this.cancelRequested) this.controller.abort()
      },
      mayStart: context.mayStart,
      childSteps: (place) => context.store.childSteps(runId, place),
    })
  }

  /** Nothing is being done right now: the run waits for a step that may start. */
  get idle(): boolean {
    return this.stepLog.idle
  }

  cancel(): void {
    this.cancelRequested = true
    this.controller.abort()
  }

  /** Another execution has taken this one's place. */
  supersede(): void {
    this.superseded = true
    this.controller.abort()
  }

  async run(): Promise<void> {
    const { approvalTimeoutSeconds, keepSeconds, onEnd, onError, store } = this.context
    const { principal } = this.taken.spec
    const live = new LiveRun(this.taken.spec, approvalTimeoutSeconds * 1000, this.runId)
    const progressWriter = new ProgressWriter(live, store, onError)
    live.begin()
    const outcome = await this.outcome(live, progressWriter)
    await progressWriter.stop()
    const { fault } = this.stepLog
    if (this.superseded) return
    if (fault !== undefined && this.context.isLoss(fault)) throw fault
    const { record, transcript } = live.end(outcome, keepSeconds)
    const { status } = record
    const end = { status, outcome, keepSeconds, progress: progressOf(record) }
    const news = progressWriter.unwritten(transcript)
    // A run is not lost for a database that is away for a while.
    const ended = await retryUntilAvailable(() =>
      store.finish(this.runId, this.taken.spec, end, news),
    )
    if (!ended || !onEnd) return
    const kept = await store.reads.record(this.runId, principal)
    if (kept) onEnd(kept)
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

  /** What URLs in the prompt hold is fetched once, and recorded. */
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
        return { error: errorRecord(asAgentError(error)) }
      }
    })
    if ('error' in fetched) throw new AgentError(fetched.error)
    const settled = { ...spec, prompt: fetched.prompt }
    return { spec: settled, parts: await buildRun(settled, signal) }
  }

  /** With the time it took in all, and its limit as it was given: not what was left of it here. */
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

/** The clock of a run starts with its first node, not with each. */
function withTimeLeft(spec: RunSpec, elapsedMs: number): RunSpec {
  const left = Math.max(minSeconds, timeoutOf(spec) - elapsedMs / 1000)
  return { ...spec, limits: { ...spec.limits, timeoutSeconds: left } }
}

function tooManyAttempts(attempts: number): AgentError {
  return new AgentError({
    code: 'providerError',
    message: `The run was given up: ${attempts - 1} nodes took it on, and none of them lived to its end.`,
    hint: 'Look at the logs of the nodes for what ended them, then start the run anew.',
  })
}
