import type { ErrorCode } from '../../agent/error-codes.js'
import type { Metrics } from '../../agent/metrics/types.js'

import type { Usage } from '../../agent/metrics/usage.js'
import type { RunOutcome, RunRecord, RunSummary } from '../engine.js'
import { type SpendingRow, spendingRows } from './spending-rows.js'

/** The figures of a run. */
export interface RunFigures {
  readonly latencyMs: number
  readonly cycles: number
  readonly toolCalls: number
  readonly toolErrors: number
  /** Null if no provider reported usage. */
  readonly usage: Usage | null
  readonly costUsd: number | null
  readonly savedUsd: number | null
  readonly error?: ErrorCode
  /** Absent if all spending is by the run's own agent on its own model. */
  readonly parts?: readonly SpendingRow[]
}

/** An ended run without its messages. */
export interface PastRun extends RunFigures {
  readonly runId: string
  readonly principal: string
  readonly agent: string
  readonly modelId: string
  readonly status: RunSummary['status']
  readonly createdAt: number
  readonly endedAt: number
}

/** The history of ended runs. */
export interface RunHistory {
  /** Returns a principal's runs, the latest first, at most `maxPastRuns`. */
  of(principal: string): Promise<readonly PastRun[]>
  /** Returns the principals that have had a run. */
  principals(): Promise<readonly string[]>
}

export const maxPastRuns = 10_000

/** The latest ended runs of this process. */
export class MemoryRunHistory implements RunHistory {
  /** Oldest first. */
  private runs: PastRun[] = []

  constructor(private readonly max = maxPastRuns) {}

  add(record: RunRecord, spent: readonly SpendingRow[]): void {
    this.runs.push(pastRun(record, spent))
    // Trimming on every addition would copy the whole list each time, so some excess is allowed.
    if (this.runs.length > this.max * 1.1) this.runs = this.runs.slice(-this.max)
  }

  async of(principal: string): Promise<readonly PastRun[]> {
    const kept = this.runs.slice(-this.max)
    return kept.filter((run) => run.principal === principal).reverse()
  }

  async principals(): Promise<readonly string[]> {
    return [...new Set(this.runs.map(({ principal }) => principal))]
  }
}

export function runFigures(
  { agent, modelId }: Pick<RunSummary, 'agent' | 'modelId'>,
  usage: Usage | null,
  metrics: Metrics,
  outcome: RunOutcome | undefined,
  parts: readonly SpendingRow[] = spendingRows(agent, metrics),
): RunFigures {
  const { cache, costUsd, cycles, latencyMs, tools } = metrics
  const own = parts.every((part) => part.agent === agent && part.modelId === modelId)
  const used = Object.values(tools)
  return {
    latencyMs: Math.round(latencyMs),
    cycles: cycles.length,
    toolCalls: used.reduce((sum, { calls }) => sum + calls, 0),
    toolErrors: used.reduce((sum, { errors }) => sum + errors, 0),
    usage,
    costUsd,
    savedUsd: cache.savedUsd,
    ...(outcome && 'error' in outcome && { error: outcome.error.code }),
    ...(!own && { parts }),
  }
}

function pastRun(record: RunRecord, spent: readonly SpendingRow[]): PastRun {
  const { agent, createdAt, endedAt = Date.now(), modelId, principal, runId, status } = record
  const { metrics, outcome, usage } = record
  const figures = runFigures(record, usage, metrics, outcome, spent)
  return { runId, principal, agent, modelId, status, createdAt, endedAt, ...figures }
}
