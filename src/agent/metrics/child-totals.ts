import type { CacheReport } from './cache-report.js'
import type { AgentMetrics, ChildSpending, CycleMetrics, ModelSpending } from './types.js'

import { noUsage, sumCost, sumUsage } from './usage.js'

/** A run that a tool of another run started. */
type Child = ChildSpending & { agent: string }

/** Sums what each agent below a run spent, by name, without the agents below that agent. */
export function agentsBelow(children: readonly Child[]): Record<string, AgentMetrics> {
  const agents: Record<string, AgentMetrics> = Object.create(null)
  const add = (name: string, more: AgentMetrics) => {
    agents[name] = agents[name] ? sumOfAgents(agents[name], more) : more
  }
  for (const { agent, metrics } of children) {
    const { cycles } = metrics
    const spent = { ...cycles.map(spendingOf).reduce(sumOf, nothing), models: byModel(cycles) }
    add(agent, { runs: 1, ...spent })
    for (const [name, below] of Object.entries(metrics.agents ?? {})) add(name, below)
  }
  return { ...agents }
}

/** Sums model calls by the model that answered. */
export function byModel(cycles: readonly CycleMetrics[]): Record<string, ModelSpending> {
  return sumsByModel(
    cycles.map((cycle) => [cycle.answeredBy ?? cycle.modelId, spendingOf(cycle)] as const),
  )
}

function sumOfAgents(one: AgentMetrics, other: AgentMetrics): AgentMetrics {
  const models = sumsByModel([...Object.entries(one.models), ...Object.entries(other.models)])
  return { runs: one.runs + other.runs, ...sumOf(one, other), models }
}

function sumsByModel(
  spent: readonly (readonly [string, ModelSpending])[],
): Record<string, ModelSpending> {
  const models = new Map<string, ModelSpending>()
  for (const [modelId, more] of spent) models.set(modelId, sumOf(models.get(modelId), more))
  return Object.fromEntries(models)
}

const nothing: ModelSpending = { cycles: 0, usage: noUsage, costUsd: 0, knownCostUsd: 0 }

function sumOf(one: ModelSpending | undefined, other: ModelSpending): ModelSpending {
  if (!one) return other
  return {
    cycles: one.cycles + other.cycles,
    usage: sumUsage([one, other].filter(({ cycles }) => cycles > 0).map(({ usage }) => usage)),
    costUsd: sumCost([one.costUsd, other.costUsd]),
    knownCostUsd: one.knownCostUsd + other.knownCostUsd,
  }
}

function spendingOf({ usage, costUsd }: CycleMetrics): ModelSpending {
  return { cycles: 1, usage, costUsd, knownCostUsd: costUsd ?? 0 }
}

/** Drops the cache points, because their places refer to the child's requests. */
export function cacheBelow({ metrics }: Child): CacheReport {
  return { ...metrics.cache, points: [] }
}

export function noticesBelow({ agent, metrics }: Child): string[] {
  return metrics.notices.map((notice) => `${agent}: ${notice}`)
}
