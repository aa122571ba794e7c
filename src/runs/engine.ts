import type { ErrorData } from '../agent/errors.js'
import type { AgentEvent } from '../agent/events.js'
import type { LimitHit } from '../agent/limits.js'
import type { Message, StopReason } from '../agent/messages/content.js'
import type { Metrics } from '../agent/metrics/types.js'

import type { Usage } from '../agent/metrics/usage.js'
import type { ApprovalDecision, ApprovalRequest } from '../agent/tools/approval.js'

import type { RunSpec } from './spec.js'

/**
 * Runs agents, and keeps what became of them. A run belongs to the principal of its spec: to anyone
 * else it does not exist. `undefined` is the answer for an id that is unknown, foreign or expired.
 */
export interface RunEngine {
  /** Fails with an AgentError where the run cannot be taken on; every later end is an outcome. */
  start(spec: RunSpec, options?: StartOptions): Promise<RunHandle>
  /**
   * The run when it has ended or waits for somebody's word, or as it is when the time is up or the signal aborts. A run that is
   * left like that goes on, detached from the call that started it.
   */
  wait(runId: string, principal: string, options: WaitOptions): Promise<RunRecord | undefined>
  get(runId: string, principal: string): Promise<RunRecord | undefined>
  /** Stops a run and resolves when it has stopped, with what it spent; one that has ended stays as it is. */
  cancel(runId: string, principal: string): Promise<RunRecord | undefined>
  /**
   * Allows or refuses a tool call that waits for somebody's word, and tells whether there was such a
   * call: one that has been decided, or was given up, waits no more.
   */
  decide(
    runId: string,
    principal: string,
    toolUseId: string,
    decision: ApprovalDecision,
  ): Promise<boolean>
  /** Lists a principal's runs, the latest first: `filter.limit` of them, and never more than `maxListedRuns`. */
  list(principal: string, filter?: RunFilter): Promise<RunSummary[]>
  /** What was said and done so far, from the prompt on. */
  transcript(runId: string, principal: string): Promise<readonly Message[] | undefined>
  /** How much there is to do in this process. */
  load(): RunLoad
  /** Whether the engine can work now: false while its database is unavailable, and once it closes. */
  readonly ready: boolean
  /** Takes no more runs, lets those that are left end within the grace, and stops the others. */
  close(graceMs: number): Promise<void>
}

export interface RunLoad {
  readonly active: number
  /** Waiting for their turn; 0 where that is not in this process. */
  readonly queued: number
}

export interface RunHandle {
  readonly runId: string
}

export interface StartOptions {
  /**
   * A second start with the same key joins the first one's run, until that is cancelled; with other
   * arguments it is an `invalidRequest`. Such a run is detached from the start.
   */
  idempotency?: { key: string; argumentsDigest: string }
  /** Of the call that starts the run: cancels it when it aborts, unless the run is detached. */
  signal?: AbortSignal
  /** `false`: nobody listens, so one JSON reply of the model is as good as a stream. */
  stream?: boolean
  /** Told all that happens in the run, where it works in this process. */
  onEvent?: (event: AgentEvent) => void
}

export interface WaitOptions {
  timeoutMs: number
  signal?: AbortSignal | undefined
  /**
   * Whoever waits will ask for the word that the run then waits for: so long the run is not detached
   * from the call that started it.
   */
  asks?: boolean
  /** Told at once and at each step what the run is doing. */
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

/** `waiting`: for somebody to approve a tool call. The last three are ends. */
export type RunStatus = 'queued' | 'running' | 'waiting' | 'completed' | 'failed' | 'cancelled'

/** What a list shows of a run. Times are milliseconds since 1970. */
export interface RunSummary {
  readonly runId: string
  readonly principal: string
  readonly tool: RunSpec['tool']
  /** The profile; empty: none. */
  readonly agent: string
  readonly modelId: string
  readonly sessionId?: string
  readonly status: RunStatus
  /** In a few words, such as "queued, 3 before it" or "cycle 2: calculator". */
  readonly activity: string
  readonly createdAt: number
  readonly startedAt?: number
  readonly endedAt?: number
  /** When the result goes; only an ended run has one. */
  readonly expiresAt?: number
  /** Tool calls that wait for somebody's word. */
  readonly approvals?: readonly PendingApproval[]
}

/** A run as plain data: what it said and spent so far, and once it has ended, how. */
export interface RunRecord extends RunSummary {
  readonly text: string
  readonly usage: Usage | null
  readonly metrics: Metrics
  /** What it did when, in the order it ended; absent in records of older versions. */
  readonly steps?: readonly TimelineStep[]
  readonly outcome?: RunOutcome
}

/** `toolUseId` is unique among those of a run that wait. */
export type PendingApproval = ApprovalRequest

/** How a run ended, and in either case what it spent. */
export type RunOutcome = { result: RunResult } | { error: RunFailure }

/** An AgentResult as data. */
export interface RunResult {
  readonly text: string
  readonly stopReason: StopReason
  readonly usage: Usage | null
  readonly metrics: Metrics
  readonly message: Message | null
  readonly output?: unknown
  readonly limit?: LimitHit | undefined
  readonly attempts?: number | undefined
}

/** An AgentError as data. `null` metrics: it failed before there was anything to measure. */
export interface RunFailure extends ErrorData {
  readonly usage: Usage | null
  readonly metrics: Metrics | null
  readonly text?: string | undefined
  readonly attempts?: number | undefined
  /** The fault is the server's own. */
  readonly internal?: boolean
  readonly limit?: LimitHit | undefined
}

export function hasEnded(status: RunStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}

/** A model call, a tool call, or a model call of an agent below, on a run's clock in milliseconds. */
export interface TimelineStep {
  readonly kind: 'cycle' | 'tool' | 'agent'
  readonly name: string
  readonly cycle: number
  readonly startMs: number
  readonly durationMs: number
  readonly failed: boolean
}
