import { cancelledError } from '../../agent/errors.js'
import type { Message } from '../../agent/messages/content.js'
import type { PendingApproval, RunOutcome, RunStatus } from '../engine.js'
import type { RunSpec } from '../spec.js'
import { noProgress, type RunProgress } from './run-rows.js'

/** Holds a run with the data that the executing node needs. */
export interface TakenRun {
  readonly spec: RunSpec
  readonly stream: boolean | undefined
  readonly cancelRequested: boolean
  /** The number of times that nodes have taken on the run, including this one. */
  readonly attempts: number
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly startedAt: number
  /** The time that the run has worked since it first started, in milliseconds. */
  readonly elapsedMs: number
}

/** Milliseconds since 1970. */
export interface EndTimes {
  readonly endedAt: number
  readonly expiresAt: number
}

export interface RunEnd {
  readonly status: RunStatus
  readonly progress: RunProgress
  readonly outcome: RunOutcome
  readonly keepSeconds: number
}

/** Holds messages that the store does not have yet, and the position of the first. */
export interface NewMessages {
  readonly messages: readonly Message[]
  readonly position: number
}

/** The state of a run. */
export interface RunNews {
  readonly status: RunStatus
  readonly activity: string
  readonly approvals: readonly PendingApproval[] | undefined
  readonly progress: RunProgress
  readonly news: NewMessages
}

/** The run that has an idempotency key. */
export interface KeyedRun {
  readonly runId: string
  readonly argumentsDigest: string
}

/** Returns the end of a run that was cancelled while it was queued. */
export function cancelledBeforeStart(keepSeconds: number): RunEnd {
  const progress = noProgress()
  const { usage, metrics } = progress
  const error = { ...cancelledError().toJSON(), usage, metrics }
  return { status: 'cancelled', progress, outcome: { error }, keepSeconds }
}
