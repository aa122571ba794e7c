import type { AgentError } from '../../agent/errors.js'
import type { AgentEvent } from '../../agent/events.js'
import { type Message, messageText } from '../../agent/messages/content.js'
import { MetricsRecorder } from '../../agent/metrics/recorder.js'
import type { Metrics } from '../../agent/metrics/types.js'
import {
  hasEnded,
  type RunFailure,
  type RunOutcome,
  type RunRecord,
  type RunStatus,
} from '../engine.js'
import type { RunSpec } from '../spec.js'
import { activityOf } from './activity.js'
import { PendingApprovals } from './pending-approvals.js'
import { Timeline } from './timeline.js'
import { withoutMedia } from './transcript.js'

interface Waiter {
  /** True if only the end of the run wakes this waiter. */
  readonly forEnd: boolean
  readonly done: () => void
}

/**
 * Represents a run in this process from its start to its end, with its state, events and waiters.
 */
export class LiveRun {
  readonly createdAt = Date.now()
  readonly controller = new AbortController()
  readonly approvals: PendingApprovals
  status: RunStatus = 'queued'
  activity = 'queued'
  startedAt: number | undefined
  /** The final record, for waiters, even if it is not stored. */
  ended: RunRecord | undefined
  private text = ''
  private textCycle = 0
  /** The events from which a record is computed before the end. */
  private readonly events: AgentEvent[] = []
  private readonly messages: Message[] = []
  private readonly timeline = new Timeline()
  private listeners: readonly ((activity: string) => void)[] = []
  private waiters: readonly Waiter[] = []

  constructor(
    readonly spec: RunSpec,
    approvalTimeoutMs: number,
    readonly runId: string = crypto.randomUUID(),
  ) {
    this.approvals = new PendingApprovals(approvalTimeoutMs, this.onApprovals)
  }

  begin(): void {
    this.startedAt = Date.now()
    this.status = 'running'
    this.setActivity('started')
  }

  readonly onEvent = (event: AgentEvent): void => {
    switch (event.type) {
      case 'textDelta':
        this.addText(event)
        return
      case 'message':
        this.messages.push(event.message)
        // A model that does not stream sends its text in one message.
        if (event.message.role === 'assistant') this.text = messageText(event.message) || this.text
        return
      case 'cycleEnd':
      case 'toolEnd':
      case 'notice':
        this.recordEvent(event)
        break
      case 'childEvent':
        if (event.event.type === 'cycleEnd') this.recordEvent(event)
        break
    }
    const activity = activityOf(event, this.activity)
    if (activity !== undefined) this.setActivity(activity)
  }

  setActivity(activity: string): void {
    this.activity = activity
    for (const listener of this.listeners) listener(activity)
  }

  /** Calls the listener at each change of activity, until the run ends. */
  listen(listener: (activity: string) => void): void {
    this.listeners = [...this.listeners, listener]
  }

  get hasListeners(): boolean {
    return this.listeners.length > 0
  }

  /** Resolves when the run ends, the time is up or the signal aborts. */
  async waitForEnd(timeoutMs: number): Promise<void> {
    await this.wait(timeoutMs, { forEnd: true })
  }

  /** Resolves like `waitForEnd`, and also when the run waits for approval. */
  async waitForChange(
    timeoutMs: number,
    signal: AbortSignal | undefined,
    listener: ((activity: string) => void) | undefined,
  ): Promise<void> {
    if (signal?.aborted || this.status === 'waiting') return
    if (listener) this.listen(listener)
    await this.wait(timeoutMs, { forEnd: false, signal })
    if (listener) this.listeners = this.listeners.filter((one) => one !== listener)
  }

  private async wait(
    timeoutMs: number,
    { forEnd, signal }: { forEnd: boolean; signal?: AbortSignal | undefined },
  ): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        this.waiters = this.waiters.filter((one) => one !== waiter)
        resolve()
      }
      const waiter = { forEnd, done }
      const timer = setTimeout(done, timeoutMs)
      signal?.addEventListener('abort', done, { once: true })
      this.waiters = [...this.waiters, waiter]
    })
  }

  private readonly onApprovals = (): void => {
    if (hasEnded(this.status)) return
    // Parallel calls are reported together.
    if (this.approvals.list.length > 0) setImmediate(this.reportApprovals)
    else this.status = 'running'
  }

  private readonly reportApprovals = (): void => {
    const waiting = this.approvals.list
    if (waiting.length === 0 || hasEnded(this.status)) return
    this.status = 'waiting'
    const names = waiting.map(({ toolName }) => toolName).join(', ')
    this.setActivity(`waiting for approval of ${names}`)
    for (const { forEnd, done } of this.waiters) if (!forEnd) done()
  }

  /** Ends the run and wakes all waiters. */
  end(
    outcome: RunOutcome,
    ttlSeconds: number,
  ): { record: RunRecord; transcript: readonly Message[] } {
    this.status = statusOf(outcome)
    this.activity = this.status
    const endedAt = Date.now()
    const expiresAt = endedAt + ttlSeconds * 1000
    const record = Object.assign(this.record(outcome), { endedAt, expiresAt, outcome })
    this.ended = record
    for (const { done } of this.waiters) done()
    return { record, transcript: withoutMedia(this.transcript()) }
  }

  record(outcome?: RunOutcome): RunRecord {
    const { spec } = this
    const spent = outcome && ('result' in outcome ? outcome.result : outcome.error)
    const metrics = spent?.metrics ?? this.metricsSoFar()
    return {
      runId: this.runId,
      principal: spec.principal,
      tool: spec.tool,
      agent: spec.agent,
      modelId: spec.modelId,
      ...(spec.sessionId !== undefined && { sessionId: spec.sessionId }),
      status: this.status,
      activity: this.activity,
      createdAt: this.createdAt,
      ...(this.startedAt !== undefined && { startedAt: this.startedAt }),
      text: spent?.text ?? this.text,
      usage: spent?.metrics ? spent.usage : metrics.accumulatedUsage,
      metrics,
      steps: [...this.timeline.steps],
      ...(this.status === 'waiting' && { approvals: this.approvals.list }),
    }
  }

  /** Returns the messages so far, starting with the prompt. */
  transcript(): Message[] {
    const { prompt } = this.spec
    const content = typeof prompt === 'string' ? [{ text: prompt }] : prompt
    return [{ role: 'user', content }, ...this.messages]
  }

  private recordEvent(event: AgentEvent): void {
    this.events.push(event)
    this.timeline.add(event, this.elapsedMs)
  }

  private get elapsedMs(): number {
    return this.startedAt === undefined ? 0 : Date.now() - this.startedAt
  }

  private addText({ cycle, text }: AgentEvent & { type: 'textDelta' }): void {
    if (cycle === this.textCycle) {
      this.text += text
      return
    }
    this.textCycle = cycle
    this.text = text
    this.setActivity(`cycle ${cycle}: answering`)
  }

  private metricsSoFar(): Metrics {
    return { ...recorded(this.events).snapshot(), latencyMs: this.elapsedMs }
  }
}

/** Returns metrics from the events of a run and of its child agents. */
function recorded(events: readonly AgentEvent[]): MetricsRecorder {
  const recorder = new MetricsRecorder([])
  const below = new Map<string, MetricsRecorder>()
  for (const event of events) {
    if (event.type === 'cycleEnd') recorder.addCycle(event.metrics)
    if (event.type === 'toolEnd')
      recorder.addTool(event.name, event.durationMs, event.status === 'error')
    if (event.type === 'notice') recorder.addNotice(event.message)
    if (event.type !== 'childEvent' || event.event.type !== 'cycleEnd') continue
    const key = JSON.stringify([event.toolUseId, event.agent])
    const child = below.get(key) ?? new MetricsRecorder([])
    child.addCycle(event.event.metrics)
    if (!below.has(key)) recorder.addChild(event.agent.at(-1) ?? '', () => child.spending())
    below.set(key, child)
  }
  return recorder
}

/** Returns an AgentError as data, without its cause. */
export function failureData(error: AgentError): RunFailure {
  const { usage, metrics, text, attempts, limit } = error
  return { ...error.toJSON(), usage, metrics, text, attempts, limit }
}

function statusOf(outcome: RunOutcome): RunStatus {
  if ('error' in outcome) return outcome.error.code === 'cancelled' ? 'cancelled' : 'failed'
  return outcome.result.stopReason === 'cancelled' ? 'cancelled' : 'completed'
}
