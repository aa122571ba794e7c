import type { CallToolResult } from '@modelcontextprotocol/client'
import type { Limits } from '../../agent/limits.js'
import { emptyCacheReport } from '../../agent/metrics/cache-report.js'
import { unspentCall } from '../../agent/metrics/recorder.js'
import type {
  AgentMetrics,
  ChildSpending,
  CycleMetrics,
  ModelSpending,
} from '../../agent/metrics/types.js'
import { sumCost, sumUsage, type Usage } from '../../agent/metrics/usage.js'
import type { ParentRun } from '../../agent/tools/tool.js'
import { isJsonObject, type JsonObject } from '../../util/json.js'

const prefix = 'io.github.litellm-agents-mcp/'

/** The runs that each budget has counted, because get_run returns a result more than once. */
const counted = new WeakMap<object, Set<string>>()

/**
 * Counts what a run on another server of this package spent as spent by this run. The numbers are
 * the other server's, so no more is counted than `limits`, which it was given to spend.
 */
export function reportSpending(
  server: string,
  result: CallToolResult,
  run: ParentRun,
  limits: Limits,
): void {
  const claimed = spendingOf(server, result._meta)
  if (!claimed) return
  const spending = boundSpending(claimed, limits)
  const { runId, status } = isJsonObject(result.structuredContent) ? result.structuredContent : {}
  // The result of a run that is still running comes again with all that it spent.
  if (status === 'running') return
  const known = counted.get(run.budget) ?? new Set()
  counted.set(run.budget, known)
  if (typeof runId === 'string' && known.has(runId)) return
  if (typeof runId === 'string') known.add(runId)
  run.report(server, spending)
}

/** More than this is not believed of one call if there is no limit. */
const mostUsd = 10_000
const mostTokens = 1e9

/**
 * Returns a spending that is no higher than what a server could spend. The parts of a higher one are
 * left out, because their sum would be wrong.
 */
function boundSpending(claimed: ChildSpending, limits: Limits): ChildSpending {
  const { maxCostUsd = mostUsd, maxTotalTokens = mostTokens } = limits
  const { usage, metrics } = claimed
  const isTooCostly = [metrics, ...metrics.cycles, ...Object.values(metrics.agents ?? {})].some(
    ({ costUsd }) => (costUsd ?? 0) > maxCostUsd,
  )
  const isTooLong = [usage, ...metrics.cycles.map((cycle) => cycle.usage)].some(
    (one) => (one?.totalTokens ?? 0) > maxTotalTokens,
  )
  if (!isTooCostly && !isTooLong) return claimed
  const costUsd = metrics.costUsd === null ? null : Math.min(metrics.costUsd, maxCostUsd)
  const bounded = usage && (isTooLong ? atMost(usage, maxTotalTokens) : usage)
  const { agents: _, ...rest } = metrics
  const cycles = metrics.cycles.slice(0, 1).map((cycle) => ({ ...cycle, usage: bounded, costUsd }))
  return {
    usage: bounded,
    metrics: { ...rest, cycles, costUsd, accumulatedUsage: bounded },
  }
}

function atMost(usage: Usage, totalTokens: number): Usage {
  const entries = Object.entries(usage).map(([name, count]) => [name, Math.min(count, totalTokens)])
  return Object.fromEntries(entries) as Usage
}

function spendingOf(server: string, meta: unknown): ChildSpending | undefined {
  const metrics = isJsonObject(meta) ? meta[`${prefix}metrics`] : undefined
  if (!isJsonObject(meta) || !isJsonObject(metrics)) return undefined
  const usage = usageOf(meta[`${prefix}usage`])
  const costUsd = amount(metrics.costUsd)
  const cycles = (Array.isArray(metrics.cycles) ? metrics.cycles : []).filter(isJsonObject)
  const agents = isJsonObject(metrics.agents) ? agentsOf(server, metrics.agents) : undefined
  return {
    usage,
    metrics: {
      cycles: withRest(cycles.map(cycleOf), amount(metrics.moreCycles) ?? 0, {
        spent: { usage, costUsd },
        agents: Object.values(agents ?? {}),
      }),
      latencyMs: amount(metrics.latencyMs) ?? 0,
      tools: {},
      costUsd,
      costSource: costUsd === null ? 'unknown' : 'reported',
      cache: emptyCacheReport(),
      accumulatedUsage: usage,
      notices: [],
      ...(agents && { agents }),
    },
  }
}

function cycleOf({ modelId, usage, costUsd, latencyMs }: JsonObject): CycleMetrics {
  return {
    ...unspentCall,
    modelId: String(modelId),
    usage: usageOf(usage),
    costUsd: amount(costUsd),
    latencyMs: amount(latencyMs) ?? 0,
    timeToFirstByteMs: null,
    stopReason: null,
  }
}

/**
 * Returns the cycles with those that the server left out of its result. The first of them has what
 * the run spent beyond the listed cycles and the agents below it, so that the sums are right.
 */
function withRest(
  cycles: readonly CycleMetrics[],
  count: number,
  total: { spent: Spent; agents: readonly Spent[] },
): CycleMetrics[] {
  const last = cycles.at(-1)
  if (!last || count === 0) return [...cycles]
  const unspent = { ...last, ...unspentCall, latencyMs: 0 }
  const rest = { ...unspent, ...difference(total.spent, [...cycles, ...total.agents]) }
  return [...cycles, rest, ...Array.from({ length: Math.min(count, maxRest) - 1 }, () => unspent)]
}

type Spent = Pick<CycleMetrics, 'usage' | 'costUsd'>

/** A server states its own number of cycles, which must not be able to exhaust the memory. */
const maxRest = 10_000

function difference({ usage, costUsd }: Spent, parts: readonly Spent[]): Spent {
  const spent = sumUsage(parts.map((part) => part.usage))
  const cost = sumCost(parts.map((part) => part.costUsd))
  const minus = (one = 0, other = 0) => Math.max(0, one - other)
  return {
    usage: usage && {
      inputTokens: minus(usage.inputTokens, spent?.inputTokens),
      outputTokens: minus(usage.outputTokens, spent?.outputTokens),
      totalTokens: minus(usage.totalTokens, spent?.totalTokens),
      cacheReadInputTokens: minus(usage.cacheReadInputTokens, spent?.cacheReadInputTokens),
      cacheWriteInputTokens: minus(usage.cacheWriteInputTokens, spent?.cacheWriteInputTokens),
    },
    costUsd: costUsd === null || cost === null ? null : minus(costUsd, cost),
  }
}

function agentsOf(server: string, agents: JsonObject): Record<string, AgentMetrics> {
  const known = objects(agents).map(([name, spent]) => {
    const models = objects(isJsonObject(spent.models) ? spent.models : {})
    const metrics = {
      runs: amount(spent.runs) ?? 0,
      ...sumOf(spent),
      models: Object.fromEntries(models.map(([modelId, sum]) => [modelId, sumOf(sum)])),
    }
    return [`${server}/${name}`, metrics] as const
  })
  return Object.fromEntries(known)
}

function objects(values: JsonObject): [string, JsonObject][] {
  return Object.entries(values).flatMap(([name, value]) =>
    isJsonObject(value) ? [[name, value]] : [],
  )
}

function sumOf({ cycles, usage, costUsd, knownCostUsd }: JsonObject): ModelSpending {
  return {
    cycles: amount(cycles) ?? 0,
    usage: usageOf(usage),
    costUsd: amount(costUsd),
    knownCostUsd: amount(knownCostUsd) ?? 0,
  }
}

function usageOf(value: unknown): Usage | null {
  if (!isJsonObject(value)) return null
  const { cacheReadInputTokens, cacheWriteInputTokens, reasoningTokens } = value
  return {
    inputTokens: amount(value.inputTokens) ?? 0,
    outputTokens: amount(value.outputTokens) ?? 0,
    totalTokens: amount(value.totalTokens) ?? 0,
    cacheReadInputTokens: amount(cacheReadInputTokens) ?? 0,
    cacheWriteInputTokens: amount(cacheWriteInputTokens) ?? 0,
    ...(reasoningTokens !== undefined && { reasoningTokens: amount(reasoningTokens) ?? 0 }),
  }
}

function amount(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : null
}
