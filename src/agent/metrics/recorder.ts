import { type CacheReport, mergeCacheReports } from './cache-report.js'
import { agentsBelow, cacheBelow, noticesBelow } from './child-totals.js'
import type {
  CallReport,
  ChildSpending,
  CostSource,
  CycleMetrics,
  Metrics,
  ToolMetrics,
} from './types.js'
import { sumCost, sumUsage, type Usage } from './usage.js'

/** Records what one run spends, call by call, so that it is known however the run ends. */
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

  /** Includes the runs below. */
  get usage(): Usage | null {
    return sumUsage(this.usages())
  }

  /** Whether any model call has succeeded. */
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

  /** Adds a run below. `spending` is called whenever totals are needed. */
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

/** The report of a call that the provider rejected before any work, so that it cost nothing. */
export const unspentCall: Omit<CallReport, 'cache'> = Object.freeze({
  usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
  costUsd: 0,
  costSource: 'computed',
  providerModel: null,
  callId: null,
  attemptedRetries: null,
  attemptedFallbacks: null,
})
