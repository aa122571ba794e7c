import type { ErrorCode } from '../error-codes.js'
import type { StopReason } from '../messages/content.js'
import type { CacheReport } from './cache-report.js'
import type { Usage } from './usage.js'

/** Tokens and cost of one or more model calls. */
export interface Spending {
  /** `null` if no provider reported usage. */
  usage: Usage | null
  /** USD. `null` if unknown. */
  costUsd: number | null
}

/**
 * Where a cost comes from: `reported` by the provider or proxy, `computed` from LiteLLM's price
 * map, or `unknown`.
 */
export type CostSource = 'reported' | 'computed' | 'unknown'

/** Tokens and cost of one model call. */
export interface CallSpending extends Spending {
  costSource: CostSource
}

/** What a provider reported about one call, apart from its answer. */
export interface CallReport extends CallSpending {
  /** Model id of the fallback that answered. Absent if the requested model answered. */
  answeredBy?: string
  /** The underlying model. `null` if the proxy did not report it. */
  providerModel: string | null
  /** LiteLLM's call id. `null` if the proxy did not report it. */
  callId: string | null
  attemptedRetries: number | null
  attemptedFallbacks: number | null
  /** Milliseconds the call took. Set only in a stored record of a call, not in a live one. */
  latencyMs?: number
  timeToFirstByteMs?: number | null
  cache: CacheReport
}

/** One model call. Times are milliseconds and costs USD. `null` means unknown. */
export interface CycleMetrics extends CallSpending {
  modelId: string
  providerModel: string | null
  /** Model id of the fallback that answered instead of `modelId`. */
  answeredBy?: string
  latencyMs: number
  timeToFirstByteMs: number | null
  /** `null` if the call failed; then `error` has the code. */
  stopReason: StopReason | null
  rawStopReason?: string
  callId: string | null
  attemptedRetries: number | null
  attemptedFallbacks: number | null
  error?: ErrorCode
  /** Set if the call was not a turn of the conversation itself. */
  purpose?: 'summary'
}

export interface ToolMetrics {
  calls: number
  errors: number
  totalMs: number
}

/** The sum over several model calls. */
export interface ModelSpending extends Spending {
  cycles: number
  /** The sum of all costs that are known, even if `costUsd` is `null`. */
  knownCostUsd: number
}

/** What one agent below a run spent, without the agents below it. */
export interface AgentMetrics extends ModelSpending {
  runs: number
  /** The same sums by the model that answered. */
  models: Record<string, ModelSpending>
}

/** Usage and metrics of a run, including all runs below it, as in results and errors. */
export interface ChildSpending {
  usage: Usage | null
  metrics: Metrics
}

/** What a run did and cost, including the runs of other agents that its tools started. */
export interface Metrics {
  /** The run's own model calls. */
  cycles: CycleMetrics[]
  latencyMs: number
  tools: Record<string, ToolMetrics>
  costUsd: number | null
  /** `unknown` if any call's cost is; otherwise `computed` if any call's cost is. */
  costSource: CostSource
  cache: CacheReport
  /** Usage over the agent's lifetime so far. `null` if calls were made and none reported usage. */
  accumulatedUsage: Usage | null
  /** Sentences for the caller, such as a dropped parameter or a shortened conversation. */
  notices: string[]
  /** The agents below this one, by name. Together with `cycles` they add up to the totals. */
  agents?: Record<string, AgentMetrics>
}
