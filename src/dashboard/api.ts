import type { ErrorCode } from '../agent/error-codes.js'
import type { CycleMetrics, ToolMetrics } from '../agent/metrics/types.js'
import type { Usage } from '../agent/metrics/usage.js'
import type { RunStatus, TimelineStep } from '../runs/engine.js'
import type { PastRun } from '../runs/history/run-history.js'

/** What the page and the server say to each other: answers of GET /api/…, as JSON. Times are milliseconds since 1970. */

/** /api/viewer: who looks, and whether at everybody's runs. */
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
  /** What is known of it. */
  costUsd: number
  /** Some calls' cost is not known. */
  costIncomplete: boolean
}

export const groupings = ['model', 'agent', 'principal'] as const
export type Grouping = (typeof groupings)[number]

/** One of the parts that each bucket falls into. The lists go with the buckets. */
export interface Group {
  name: string
  /** All small ones together. */
  rest?: true
  costUsd: number[]
  tokens: number[]
}

/** /api/overview?period= */
export interface Overview {
  period: Period
  totals: Spent
  /** Of the runs that ended in the period and are still known one by one. */
  ended: { known: number; failed: number; cancelled: number; savedUsd: number | null }
  /** When each bucket begins. */
  buckets: number[]
  groups: Record<Grouping, Group[]>
  slowest: PastRun[]
  failed: PastRun[]
}

/** /api/live */
export interface LiveRuns {
  runs: LiveRun[]
  /** Those that are not listed. */
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

/** /api/runs?offset= */
export interface PastRuns {
  runs: PastRun[]
  total: number
}

/** /api/runs/{runId}?principal= */
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
  /** The record tells no times: steps stand one after the other. */
  approximate: boolean
}
