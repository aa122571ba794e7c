import { type CacheReport, mergeCacheReports } from './cache.js'
import { agentsBelow, cacheBelow, noticesBelow } from './children.js'
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

/** Collects what one run spends, call by call, so that no way out of the run loses it. */
export class MetricsRecorder {
  private readonly startedAt = performance.now()
  private readonly cycles: CycleMetrics[] = []
  private readonly cacheReports: CacheReport[] = []
  private readonly tools: Record<string, ToolMetrics> = Object.create(null)
  private readonly notices: string[] = []
  private readonly children: { agent: string; spending: () => ChildSpending }[] = []

  constructor(private readonly usageBefore: readonly (Usage | null)[]) {}

  get cycleCount(): number {
    return this.cycles.length
  }

  /** With what worked below. */
  get usage(): Usage | null {
    return sumUsage(this.usages())
  }

  /** Whether the model has said anything yet. */
  get answered(): boolean {
    return this.cycles.some((cycle) => cycle.stopReason !== null)
  }

  usages(): (Usage | null)[] {
    const own = this.cycles.map((cycle) => cycle.usage)
    return [...own, ...this.children.map(({ spending }) => spending().usage)]
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

  /** `spending` is asked whenever totals are needed. */
  addChild(agent: string, spending: () => ChildSpending): void {
    this.children.push({ agent, spending })
  }

  spending(): ChildSpending {
    return { usage: this.usage, metrics: this.snapshot() }
  }

  snapshot(): Metrics {
    const children = this.children.map(({ agent, spending }) => ({ agent, ...spending() }))
    const usages = [...this.cycles, ...children].map(({ usage }) => usage)
    return {
      cycles: [...this.cycles],
      latencyMs: this.elapsedMs,
      tools: { ...this.tools },
      costUsd: sumCost([...this.cycles, ...children.map(({ metrics }) => metrics)].map(costOf)),
      costSource: sourceOf([...this.cycles, ...children.map(({ metrics }) => metrics)]),
      cache: mergeCacheReports([...this.cacheReports, ...children.map(cacheBelow)]),
      accumulatedUsage: sumUsage([...this.usageBefore, ...usages]),
      notices: [...this.notices, ...children.flatMap(noticesBelow)],
      ...(children.length > 0 && { agents: agentsBelow(children) }),
    }
  }
}

function costOf({ costUsd }: { costUsd: number | null }): number | null {
  return costUsd
}

function sourceOf(spent: readonly { costSource: CostSource }[]): CostSource {
  const sources = spent.map(({ costSource }) => costSource)
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
