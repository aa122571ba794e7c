import type { ErrorCode } from '../agent/error-codes.js'
import type { CycleMetrics, ToolMetrics } from '../agent/metrics/types.js'
import type { Usage } from '../agent/metrics/usage.js'
import type { RunStatus, TimelineStep } from '../runs/engine.js'
import type { PastRun } from '../runs/history/run-history.js'

/**
 * Defines the JSON responses of GET /api/…, which the page requests from the server. Times are in
 * milliseconds since 1970.
 */

/**
 * The response of /api/viewer: the principal, and whether it may see the runs of all principals.
 */
export interface Viewer {
  principal: string
  operator: boolean
  version: string
}

export const periods = ['24h', '7d', '30d', '90d'] as const
export type Period = (typeof periods)[number]

export interface Spent {
  runs: number
  modelCalls: number
  inputTokens: number
  outputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
  /** The sum of the known costs. */
  costUsd: number
  /** True if the cost of some calls is unknown. */
  costIncomplete: boolean
}

export const groupings = ['model', 'agent', 'principal'] as const
export type Grouping = (typeof groupings)[number]

/** Holds one group of the spending. Each list has one value per bucket. */
export interface Group {
  name: string
  /** True for the group that combines all small groups. */
  rest?: true
  costUsd: number[]
  tokens: number[]
}

/** The response of /api/overview?period= */
export interface Overview {
  period: Period
  totals: Spent
  /** Counts the runs that ended in the period and are still recorded individually. */
  ended: { known: number; failed: number; cancelled: number; savedUsd: number | null }
  /** The start time of each bucket. */
  buckets: number[]
  groups: Record<Grouping, Group[]>
  slowest: PastRun[]
  failed: PastRun[]
}

/** The response of /api/live */
export interface LiveRuns {
  runs: LiveRun[]
  /** The number of runs that are not listed. */
  more: number
}

export interface LiveRun {
  runId: string
  principal: string
  agent: string
  modelId: string
  status: RunStatus
  doing: string
  createdAt: number
  cycles: number
  tools: Record<string, number>
  totalTokens: number | null
  costUsd: number | null
}

/** The response of /api/runs?offset= */
export interface PastRuns {
  runs: PastRun[]
  total: number
}

/** The response of /api/runs/{runId}?principal= */
export interface RunView {
  runId: string
  principal: string
  agent: string
  modelId: string
  sessionId: string | null
  status: RunStatus
  doing: string
  createdAt: number
  endedAt: number | null
  latencyMs: number
  usage: Usage | null
  costUsd: number | null
  savedUsd: number | null
  error: { code: ErrorCode; message: string; hint: string } | null
  cycles: Pick<
    CycleMetrics,
    'modelId' | 'answeredBy' | 'usage' | 'costUsd' | 'latencyMs' | 'stopReason' | 'error'
  >[]
  tools: Record<string, ToolMetrics>
  steps: TimelineStep[]
  /** True if the record has no start times, so that the steps are shown in sequence. */
  approximate: boolean
}
