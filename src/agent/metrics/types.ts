import type { ErrorCode } from '../error-codes.js'
import type { StopReason } from '../messages/content.js'
import type { CacheReport } from './cache-report.js'
import type { Usage } from './usage.js'

export type CostSource = 'reported' | 'computed' | 'unknown'

/** Of one call; `usage` and `costUsd` are `null` where nobody told. */
export type CallSpending = Pick<CallReport, 'usage' | 'costUsd' | 'costSource'>

/** What a provider said about one call beside its answer. */
export interface CallReport {
  /** `null`: the provider did not say. */
  usage: Usage | null
  /** USD; `null`: unknown. */
  costUsd: number | null
  /** `reported` by the provider or proxy, or `computed` from LiteLLM's price map. */
  costSource: CostSource
  /** The fallback that answered in place of the model that was asked. */
  answeredBy?: string
  /** The model that really answered, where a proxy told. */
  providerModel: string | null
  /** LiteLLM's call id, where a proxy told. */
  callId: string | null
  attemptedRetries: number | null
  attemptedFallbacks: number | null
  /** How long the call took, where this is its record and not the call itself. */
  latencyMs?: number
  timeToFirstByteMs?: number | null
  cache: CacheReport
}

/** One model call. Times in milliseconds, cost in USD; `null` is unknown. */
export interface CycleMetrics {
  modelId: string
  providerModel: string | null
  /** The fallback that answered in place of `modelId`. */
  answeredBy?: string
  usage: Usage | null
  costUsd: number | null
  costSource: CostSource
  latencyMs: number
  timeToFirstByteMs: number | null
  /** `null` where the call failed; `error` says how. */
  stopReason: StopReason | null
  rawStopReason?: string
  callId: string | null
  attemptedRetries: number | null
  attemptedFallbacks: number | null
  error?: ErrorCode
  /** There where the call was not one of the conversation's own. */
  purpose?: 'summary'
}

export interface ToolMetrics {
  calls: number
  errors: number
  totalMs: number
}

/** What some model calls used and cost together. */
export interface ModelSpending {
  cycles: number
  usage: Usage | null
  costUsd: number | null
  /** Where `costUsd` is `null`, what is known of it all the same. */
  knownCostUsd: number
}

/** What one agent spent below a run, without the agents that worked below it. */
export interface AgentMetrics extends ModelSpending {
  runs: number
  /** The same by the model that answered. */
  models: Record<string, ModelSpending>
}

/** What a run spent with all that worked below it, as results and errors have it. */
export interface ChildSpending {
  usage: Usage | null
  metrics: Metrics
}

/** What a run did and cost, with the runs of other agents that its tools made. */
export interface Metrics {
  /** The run's own model calls. */
  cycles: CycleMetrics[]
  latencyMs: number
  tools: Record<string, ToolMetrics>
  costUsd: number | null
  /** `computed` as soon as one call's cost is, `unknown` as soon as one is. */
  costSource: CostSource
  cache: CacheReport
  /** Over the agent's life, not only this run. `null`: calls were made and none reported. */
  accumulatedUsage: Usage | null
  /** Things the caller should know: a parameter that was dropped, a history that was shortened. */
  notices: string[]
  /** By name, the agents that worked below this one; they and `cycles` add up to the whole. */
  agents?: Record<string, AgentMetrics>
}
