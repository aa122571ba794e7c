import type { ErrorData } from '../agent/errors.js'
import type { AgentEvent } from '../agent/events.js'
import type { LimitHit } from '../agent/limits.js'
import type { Message, StopReason } from '../agent/messages/content.js'
import type { Metrics } from '../agent/metrics/types.js'

import type { Usage } from '../agent/metrics/usage.js'
import type { ApprovalDecision, ApprovalRequest } from '../agent/tools/approval.js'

import type { RunSpec } from './spec.js'

/**
 * Runs agents and keeps their results. A run belongs to the principal of its spec, and does not exist
 * for any other principal. Methods return `undefined` if an id is unknown, expired or another principal's.
 */
export interface RunEngine {
  /** Starts a run. Fails with an AgentError if the run is not admitted; later failures are outcomes. */
  start(spec: RunSpec, options?: StartOptions): Promise<RunHandle>
  /**
   * Returns the run once it has ended or waits for approval, or as it is when the time is up or the
   * signal aborts. A run that has not ended then continues, detached from the call that started it.
   */
  wait(runId: string, principal: string, options: WaitOptions): Promise<RunRecord | undefined>
  get(runId: string, principal: string): Promise<RunRecord | undefined>
  /** Stops a run, and returns it with its spending once it has stopped. An ended run is not changed. */
  cancel(runId: string, principal: string): Promise<RunRecord | undefined>
  /**
   * Approves or refuses a tool call that waits for approval. Returns whether the call was waiting.
   * A call that was decided or abandoned does not wait.
   */
  decide(
    runId: string,
    principal: string,
    toolUseId: string,
    decision: ApprovalDecision,
  ): Promise<boolean>
  /** Lists a principal's runs, the latest first: `filter.limit` of them, and never more than `maxListedRuns`. */
  list(principal: string, filter?: RunFilter): Promise<RunSummary[]>
  /** Returns the messages so far, starting with the prompt. */
  transcript(runId: string, principal: string): Promise<readonly Message[] | undefined>
  /** Returns the number of runs in this process. */
  load(): RunLoad
  /**
   * True if the engine can work now. It is false while the database is unavailable, and after the
   * engine closes.
   */
  readonly ready: boolean
  /** Starts no more runs, lets active runs end within the grace period, and stops the others. */
  close(graceMs: number): Promise<void>
}

export interface RunLoad {
  readonly active: number
  /** Runs that are queued in this process. */
  readonly queued: number
}

export interface RunHandle {
  readonly runId: string
}

export interface StartOptions {
  /**
   * A second start with the same key joins the first run, unless that was cancelled. A start with the
   * same key and other arguments fails with `invalidRequest`. The run is detached from the start.
   */
  idempotency?: { key: string; argumentsDigest: string }
  /** The signal of the call that starts the run. Its abort cancels the run, unless the run is detached. */
  signal?: AbortSignal
  /** False if no client listens, so that the model may reply with one JSON object instead of a stream. */
  stream?: boolean
  /** Receives every event of the run, if the run executes in this process. */
  onEvent?: (event: AgentEvent) => void
}

export interface WaitOptions {
  timeoutMs: number
  signal?: AbortSignal | undefined
  /**
   * True if the caller asks its user for approval when the run waits for it. The run then stays
   * attached to the call that started it.
   */
  asks?: boolean
  /** Receives the run's activity, at once and at each change. */
  onProgress?: (activity: string) => void
}

export interface RunFilter {
  statuses?: readonly RunStatus[] | undefined
  sessionId?: string | undefined
  /** The maximum number of runs to return. Default and upper bound: `maxListedRuns`. */
  limit?: number | undefined
}

/** The maximum number of runs that one list returns, on every engine. */
export const maxListedRuns = 100

/** Returns how many runs a list with this filter returns at most. */
export function listLimit({ limit = maxListedRuns }: RunFilter): number {
  return Math.min(limit, maxListedRuns)
}

/** `waiting` means that a tool call needs approval. The last three are final. */
export type RunStatus = 'queued' | 'running' | 'waiting' | 'completed' | 'failed' | 'cancelled'

/** A run as a list shows it. Times are milliseconds since 1970. */
export interface RunSummary {
  readonly runId: string
  readonly principal: string
  readonly tool: RunSpec['tool']
  /** The profile's name; empty if the run has no profile. */
  readonly agent: string
  readonly modelId: string
  readonly sessionId?: string
  readonly status: RunStatus
  /** A short text such as "queued, 3 before it" or "cycle 2: calculator". */
  readonly activity: string
  readonly createdAt: number
  readonly startedAt?: number
  readonly endedAt?: number
  /** When the result expires. Only an ended run has this. */
  readonly expiresAt?: number
  /** Tool calls that wait for approval. */
  readonly approvals?: readonly PendingApproval[]
}

/** A run as plain data: its text and spending so far, and its outcome once it has ended. */
export interface RunRecord extends RunSummary {
  readonly text: string
  readonly usage: Usage | null
  readonly metrics: Metrics
  /** The run's steps in the order they ended. Absent in records of older versions. */
  readonly steps?: readonly TimelineStep[]
  readonly outcome?: RunOutcome
}

/** `toolUseId` is unique among the waiting calls of a run. */
export type PendingApproval = ApprovalRequest

/** Describes how a run ended. Both forms contain what the run spent. */
export type RunOutcome = { result: RunResult } | { error: RunFailure }

/** An AgentResult as data. */
export interface RunResult {
  /** Why the run could not be stored in its session, if it could not. */
  unsaved?: string
  readonly text: string
  readonly stopReason: StopReason
  readonly usage: Usage | null
  readonly metrics: Metrics
  readonly message: Message | null
  readonly output?: unknown
  readonly limit?: LimitHit | undefined
  readonly attempts?: number | undefined
}

/** An AgentError as data. `metrics` is null if the run failed before its first model call. */
export interface RunFailure extends ErrorData {
  readonly usage: Usage | null
  readonly metrics: Metrics | null
  readonly text?: string | undefined
  readonly attempts?: number | undefined
  /** True if the failure is an internal error of the server. */
  readonly internal?: boolean
  readonly limit?: LimitHit | undefined
}

export function hasEnded(status: RunStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}

/** A model call, a tool call, or a model call of a child agent. Times are milliseconds since the run started. */
export interface TimelineStep {
  readonly kind: 'cycle' | 'tool' | 'agent'
  readonly name: string
  readonly cycle: number
  readonly startMs: number
  readonly durationMs: number
  readonly failed: boolean
}

/** Returns whether a run is one of those that a filter asks for. */
export function matchesFilter({ sessionId, status }: RunSummary, filter: RunFilter): boolean {
  return (
    (filter.statuses === undefined || filter.statuses.includes(status)) &&
    (filter.sessionId === undefined || filter.sessionId === sessionId)
  )
}
