import type { CallToolResult } from '@modelcontextprotocol/client'
import { emptyCacheReport } from '../../agent/metrics/cache-report.js'
import { unspentCall } from '../../agent/metrics/recorder.js'
import type { AgentMetrics, ChildSpending, ModelSpending } from '../../agent/metrics/types.js'
import type { Usage } from '../../agent/metrics/usage.js'
import type { ParentRun } from '../../agent/tools/tool.js'
import { isJsonObject, type JsonObject } from '../../util/json.js'

const prefix = 'io.github.litellm-agents-mcp/'

/** By the budget they are counted in: a result may be asked for more than once. */
const counted = new WeakMap<object, Set<string>>()

/**
 * Counts what a server of our own kind says a run there has spent as this run's. It is its word
 * alone; a server that says too much harms only those who call it.
 */
export function reportSpending(server: string, result: CallToolResult, run: ParentRun): void {
  const spending = spendingOf(server, result._meta)
  if (!spending) return
  const { runId, status } = isJsonObject(result.structuredContent) ? result.structuredContent : {}
  // One that goes on will be asked for again, and then tells of all of it.
  if (status === 'running') return
  const known = counted.get(run.budget) ?? new Set()
  counted.set(run.budget, known)
  if (typeof runId === 'string' && known.has(runId)) return
  if (typeof runId === 'string') known.add(runId)
  run.report(server, spending)
}

function spendingOf(server: string, meta: unknown): ChildSpending | undefined {
  const metrics = isJsonObject(meta) ? meta[`${prefix}metrics`] : undefined
  if (!isJsonObject(meta) || !isJsonObject(metrics)) return undefined
  const usage = usageOf(meta[`${prefix}usage`])
  const costUsd = amount(metrics.costUsd)
  return {
    usage,
    metrics: {
      cycles: (Array.isArray(metrics.cycles) ? metrics.cycles : [])
        .filter(isJsonObject)
        .map((cycle) => ({
          ...unspentCall,
          modelId: String(cycle.modelId),
          usage: usageOf(cycle.usage),
          costUsd: amount(cycle.costUsd),
          latencyMs: amount(cycle.latencyMs) ?? 0,
          timeToFirstByteMs: null,
          stopReason: null,
        })),
      latencyMs: amount(metrics.latencyMs) ?? 0,
      tools: {},
      costUsd,
      costSource: costUsd === null ? 'unknown' : 'reported',
      cache: emptyCacheReport(),
      accumulatedUsage: usage,
      notices: [],
      ...(isJsonObject(metrics.agents) && { agents: agentsOf(server, metrics.agents) }),
    },
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
