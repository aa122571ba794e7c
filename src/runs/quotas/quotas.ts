import type { Limits } from '../../agent/limits.js'
import type { Spending } from '../sessions/session-store.js'
import type { RunSpec } from '../spec.js'

/** The quotas of one principal. An absent quota is unlimited. */
export interface RunAllowance {
  maxConcurrentRuns?: number
  tokensPerDay?: number
  usdPerDay?: number
  /** The least that a run reserves of `usdPerDay`, and so what a call of unknown price counts as. */
  unknownCostUsd?: number
}

/** An admitted run. */
export interface Admission {
  /** The run's limits, lowered to what is reserved for it. */
  readonly limits: Limits
  /** Counts what the run spent and releases the rest. Must be called exactly once, at the run's end. Never fails. */
  settle(spent: Spending): Promise<void>
}

/**
 * Limits each principal's concurrent runs and its spending per UTC day. Each run reserves its maximum
 * spending when it starts, so concurrent runs cannot exceed the daily quota.
 */
export interface Quotas {
  /** Admits a run. Fails with `rateLimit` or `budgetExceeded`, with a hint on when to retry. */
  admit(
    principal: string,
    limits: Limits,
    allowance: RunAllowance,
    promptTokens?: number,
  ): Promise<Admission>
}

/** Admits a run within its principal's quotas. */
export type Admit = (spec: RunSpec) => Promise<Admission>
