import { type CacheReport, mergeCacheReports } from './cache.js'
import type { StopReason } from './content.js'
import type { ErrorCode } from './error-codes.js'
import type { CallReport, CostSource } from './model.js'
import { sumCost, sumUsage, type Usage } from './usage.js'

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
}

export interface ToolMetrics {
  calls: number
  errors: number
  totalMs: number
}

/** What a run did and cost. */
export interface Metrics {
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
}

/** Collects what one run spends, call by call, so that no way out of the run loses it. */
export class MetricsRecorder {
  private readonly startedAt = performance.now()
  private readonly cycles: CycleMetrics[] = []
  private readonly cacheReports: CacheReport[] = []
  private readonly tools: Record<string, ToolMetrics> = Object.create(null)
  private readonly notices: string[] = []

  constructor(private readonly usageBefore: readonly (Usage | null)[]) {}

  get cycleCount(): number {
    return this.cycles.length
  }

  get usage(): Usage | null {
    return sumUsage(this.cycleUsages())
  }

  /** Whether the model has said anything yet. */
  get answered(): boolean {
    return this.cycles.some((cycle) => cycle.stopReason !== null)
  }

  cycleUsages(): (Usage | null)[] {
    return this.cycles.map((cycle) => cycle.usage)
  }

  costs(): (number | null)[] {
    return this.cycles.map((cycle) => cycle.costUsd)
  }

  get elapsedMs(): number {
    return performance.now() - this.startedAt
  }

  addCycle(cycle: CycleMetrics, cache?: CacheReport): void {
    this.cycles.push(cycle)
    if (cache) this.cacheReports.push(cache)
  }

  addTool(name: string, ms: number, failed: boolean): void {
    this.tools[name] ??= { calls: 0, errors: 0, totalMs: 0 }
    const tool = this.tools[name]
    tool.calls++
    tool.totalMs += ms
    if (failed) tool.errors++
  }

  addNotice(message: string): void {
    if (!this.notices.includes(message)) this.notices.push(message)
  }

  snapshot(): Metrics {
    return {
      cycles: [...this.cycles],
      latencyMs: this.elapsedMs,
      tools: { ...this.tools },
      costUsd: sumCost(this.costs()),
      costSource: sourceOf(this.cycles),
      cache: mergeCacheReports(this.cacheReports),
      accumulatedUsage: sumUsage([...this.usageBefore, ...this.cycleUsages()]),
      notices: [...this.notices],
    }
  }
}

function sourceOf(cycles: readonly CycleMetrics[]): CostSource {
  const sources = cycles.map(({ costSource }) => costSource)
  if (sources.includes('unknown')) return 'unknown'
  return sources.includes('computed') ? 'computed' : 'reported'
}

/** A call that the provider turned away before doing anything: known to have cost nothing. */
export const unspentCall: Omit<CallReport, 'cache'> = Object.freeze({
  usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
  costUsd: 0,
  costSource: 'reported',
  providerModel: null,
  callId: null,
  attemptedRetries: null,
  attemptedFallbacks: null,
})
