import type { CacheReport } from './cache.js'
import type { AgentMetrics, ChildSpending } from './metrics.js'
import { sumCost, sumUsage } from './usage.js'

/** A run that another run's tool made. */
type Child = ChildSpending & { agent: string }

/** Who spent what below a run, by name, each without those below it. */
export function agentsBelow(children: readonly Child[]): Record<string, AgentMetrics> {
  const agents: Record<string, AgentMetrics> = Object.create(null)
  const add = (name: string, more: AgentMetrics) => {
    const sofar = agents[name]
    agents[name] = sofar
      ? {
          runs: sofar.runs + more.runs,
          cycles: sofar.cycles + more.cycles,
          usage: sumUsage([sofar.usage, more.usage]),
          costUsd: sumCost([sofar.costUsd, more.costUsd]),
        }
      : more
  }
  for (const { agent, metrics } of children) {
    const { cycles } = metrics
    add(agent, {
      runs: 1,
      cycles: cycles.length,
      usage: sumUsage(cycles.map(({ usage }) => usage)),
      costUsd: sumCost(cycles.map(({ costUsd }) => costUsd)),
    })
    for (const [name, below] of Object.entries(metrics.agents ?? {})) add(name, below)
  }
  return { ...agents }
}

/** Cache points are named by their place in one agent's requests, and mean nothing above it. */
export function cacheBelow({ metrics }: Child): CacheReport {
  return { ...metrics.cache, points: [] }
}

export function noticesBelow({ agent, metrics }: Child): string[] {
  return metrics.notices.map((notice) => `${agent}: ${notice}`)
}
