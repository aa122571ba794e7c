import type { PastRun } from '../runs/history/run-history.js'
import type { UsageTotal } from '../runs/history/usage-totals.js'
import type { Group, Grouping, Overview, Period, Spent } from './api.js'

/** Holds one amount of spending and its time. */
export interface Spending extends Spent {
  at: number
  model: string
  agent: string
  principal: string
}

interface Buckets {
  starts: number[]
  widthMs: number
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const days: Readonly<Record<Exclude<Period, '24h'>, number>> = { '7d': 7, '30d': 30, '90d': 90 }
const maxGroups = 6
const listed = 10

/**
 * Returns the overview that the page shows first, by the hour for a day and by the UTC day for
 * longer periods. It is a pure function.
 */
export function overview(
  period: Period,
  past: readonly PastRun[],
  totals: readonly Spending[],
  now: number,
): Overview {
  const buckets = bucketsOf(period, now)
  const since = buckets.starts[0] ?? 0
  const recent = past.filter(({ endedAt }) => endedAt >= since)
  const within = totals.filter(({ at }) => at >= since)
  const parts = period === '24h' ? recent.flatMap(partsOfRun) : within
  const groups = (by: Grouping) => groupsOf(parts, by, buckets)
  return {
    period,
    totals: sum(period === '24h' ? recent.map(spendingOfRun) : within),
    ended: endedOf(recent),
    buckets: buckets.starts,
    groups: { model: groups('model'), agent: groups('agent'), principal: groups('principal') },
    slowest: [...recent]
      .sort((one, other) => other.latencyMs - one.latencyMs)
      .slice(0, listed)
      .map(withoutParts),
    failed: recent
      .filter(({ status }) => status === 'failed')
      .slice(0, listed)
      .map(withoutParts),
  }
}

export function spendingOfTotal(principal: string, total: UsageTotal): Spending {
  const { agent, costUsd, day, knownCostUsd, modelCalls, modelId, runs, usage } = total
  return {
    at: Date.parse(day),
    model: modelId,
    agent,
    principal,
    runs,
    modelCalls,
    ...tokensOf(usage),
    costUsd: knownCostUsd,
    costIncomplete: costUsd === null,
  }
}

function spendingOfRun({
  agent,
  costUsd,
  cycles,
  endedAt,
  modelId,
  principal,
  usage,
}: PastRun): Spending {
  return {
    at: endedAt,
    model: modelId,
    agent,
    principal,
    runs: 1,
    modelCalls: cycles,
    ...tokensOf(usage),
    costUsd: costUsd ?? 0,
    costIncomplete: costUsd === null,
  }
}

/** Returns the spending of a run's agent and of its child agents, by model. */
function partsOfRun(run: PastRun): Spending[] {
  const { endedAt, parts, principal } = run
  if (!parts) return [spendingOfRun(run)]
  return parts.map(({ agent, costUsd, cycles, knownCostUsd, modelId, runs, usage }) => ({
    at: endedAt,
    model: modelId,
    agent,
    principal,
    runs,
    modelCalls: cycles,
    ...tokensOf(usage),
    costUsd: knownCostUsd,
    costIncomplete: costUsd === null,
  }))
}

/** Returns a run without its parts, as lists show it. */
export function withoutParts({ parts: _, ...run }: PastRun): PastRun {
  return run
}

function tokensOf(usage: PastRun['usage']) {
  return {
    inputTokens: usage?.inputTokens ?? 0,
    outputTokens: usage?.outputTokens ?? 0,
    cacheReadTokens: usage?.cacheReadInputTokens ?? 0,
    cacheWriteTokens: usage?.cacheWriteInputTokens ?? 0,
  }
}

function bucketsOf(period: Period, now: number): Buckets {
  const [count, widthMs] = period === '24h' ? [24, hourMs] : [days[period], dayMs]
  const last = now - (now % widthMs)
  const starts = Array.from({ length: count }, (_, index) => last - (count - 1 - index) * widthMs)
  return { starts, widthMs }
}

/** Returns the largest groups by cost, then by tokens. The remaining spending forms one group. */
function groupsOf(spendings: readonly Spending[], by: Grouping, buckets: Buckets): Group[] {
  const names = new Map<string, Spending[]>()
  for (const spending of spendings) {
    const own = names.get(spending[by])
    if (own) own.push(spending)
    else names.set(spending[by], [spending])
  }
  const ranked = [...names]
    .map(([name, own]) => ({ name, own, total: sum(own) }))
    .sort((one, other) => size(other.total) - size(one.total))
  const cut = ranked.length > maxGroups ? maxGroups - 1 : maxGroups
  const rest = ranked.slice(cut).flatMap(({ own }) => own)
  return [
    ...ranked.slice(0, cut).map(({ name, own }) => ({ name, ...overTime(own, buckets) })),
    ...(rest.length > 0 ? [{ name: '', rest: true as const, ...overTime(rest, buckets) }] : []),
  ]
}

/**
 * Returns the sort key of a group: cost decides, and tokens decide if no cost is known. The weight
 * of a token is below its price.
 */
function size({ costUsd, inputTokens, outputTokens }: Spent): number {
  return costUsd + (inputTokens + outputTokens) * 1e-9
}

function overTime(spendings: readonly Spending[], { starts, widthMs }: Buckets) {
  const costUsd = starts.map(() => 0)
  const tokens = starts.map(() => 0)
  for (const spending of spendings) {
    const index = Math.floor((spending.at - (starts[0] ?? 0)) / widthMs)
    if (index < 0 || index >= starts.length) continue
    costUsd[index] = (costUsd[index] ?? 0) + spending.costUsd
    tokens[index] = (tokens[index] ?? 0) + spending.inputTokens + spending.outputTokens
  }
  return { costUsd, tokens }
}

function sum(spendings: readonly Spending[]): Spent {
  const total: Spent = {
    runs: 0,
    modelCalls: 0,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    costUsd: 0,
    costIncomplete: false,
  }
  for (const one of spendings) {
    total.runs += one.runs
    total.modelCalls += one.modelCalls
    total.inputTokens += one.inputTokens
    total.outputTokens += one.outputTokens
    total.cacheReadTokens += one.cacheReadTokens
    total.cacheWriteTokens += one.cacheWriteTokens
    total.costUsd += one.costUsd
    total.costIncomplete ||= one.costIncomplete
  }
  return total
}

function endedOf(runs: readonly PastRun[]): Overview['ended'] {
  const told = runs.filter(({ savedUsd }) => savedUsd !== null)
  return {
    known: runs.length,
    failed: runs.filter(({ status }) => status === 'failed').length,
    cancelled: runs.filter(({ status }) => status === 'cancelled').length,
    savedUsd: told.length > 0 ? told.reduce((all, { savedUsd }) => all + (savedUsd ?? 0), 0) : null,
  }
}
