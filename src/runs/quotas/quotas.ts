import type { Limits } from '../../agent/limits.js'
import type { Spending } from '../sessions/session-store.js'
import type { RunSpec } from '../spec.js'

/** How much one principal may have run. What is absent is no bound. */
export interface RunAllowance {
  maxConcurrentRuns?: number
  tokensPerDay?: number
  usdPerDay?: number
}

/** A run that was let in. */
export interface Admission {
  /** The run's limits, with no more in them than is held for it. */
  readonly limits: Limits
  /** Counts what the run spent and gives the rest back. To be called exactly once, at its end. Never fails. */
  settle(spent: Spending): Promise<void>
}

/**
 * Holds principals to what they may have run at once and spend in a day of UTC. A run holds what it
 * may spend from its start, so that runs side by side cannot together spend more than there is.
 */
export interface Quotas {
  /** Fails with `rateLimit` or `budgetExceeded`, and says when to come back. */
  admit(principal: string, limits: Limits, allowance: RunAllowance): Promise<Admission>
}

/** Lets a run in, by what its principal may have. */
export type Admit = (spec: RunSpec) => Promise<Admission>
