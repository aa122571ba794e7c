import type { CallToolResult } from '@modelcontextprotocol/server'
import type { CycleMetrics, Metrics, ToolMetrics } from '../../agent/metrics/types.js'
import type { Usage } from '../../agent/metrics/usage.js'

type Meta = NonNullable<CallToolResult['_meta']>

const metaPrefix = 'io.github.litellm-agents-mcp/'

/** Some clients pass `_meta` to their model, so the rest of the cycles is in the run's resource. */
const maxCycles = 5

/** Returns `_meta` of a result: what the run used, did and cost. */
export function runMeta(usage: Usage | null, metrics: Metrics): Meta {
  const { cycles } = metrics
  const shown = cycles.slice(0, maxCycles).map(shortCycle)
  return metaOf(usage, metrics, {
    cycles: shown,
    ...(cycles.length > shown.length && { moreCycles: cycles.length - shown.length }),
  })
}

/** Returns the same with everything that is known of every cycle. */
export function wholeRunMeta(usage: Usage | null, metrics: Metrics): Meta {
  const cycles = metrics.cycles.map((cycle) => ({ ...cycle, usage: usageView(cycle.usage) }))
  return metaOf(usage, metrics, { cycles })
}

function metaOf(usage: Usage | null, metrics: Metrics, cycles: object): Meta {
  const { agents, latencyMs, tools, costUsd, costSource, cache, notices } = metrics
  return {
    [`${metaPrefix}usage`]: usageView(usage),
    [`${metaPrefix}metrics`]: {
      ...cycles,
      latencyMs: Math.round(latencyMs),
      tools: mapValues(tools, wholeMilliseconds),
      costUsd,
      ...(costSource !== 'reported' && { costSource }),
      ...(notices.length > 0 && { notices }),
      ...(agents && {
        agents: mapValues(agents, (spent) => ({ ...spent, usage: usageView(spent.usage) })),
      }),
    },
    [`${metaPrefix}cache`]: cache,
  }
}

/** Returns the members of `structuredContent` that say what a run spent. */
export function spending({ usage, metrics }: { usage: Usage | null; metrics: Metrics }) {
  return { usage: usageView(usage), costUsd: metrics.costUsd }
}

/**
 * Returns a cycle without nulls, counts of 0, and what the other members say as well. JSON text has
 * no members that are `undefined`.
 */
function shortCycle(cycle: CycleMetrics): object {
  const { costSource, providerModel, rawStopReason, usage, ...rest } = cycle
  const isOwnName = providerModel === null || rest.modelId.endsWith(providerModel)
  return {
    ...rest,
    costUsd: rest.costUsd ?? undefined,
    stopReason: rest.stopReason ?? undefined,
    providerModel: isOwnName ? undefined : providerModel,
    callId: rest.callId ?? undefined,
    attemptedRetries: rest.attemptedRetries ?? undefined,
    attemptedFallbacks: rest.attemptedFallbacks ?? undefined,
    usage: usage ? withoutZeros(usage) : undefined,
    latencyMs: Math.round(rest.latencyMs),
    timeToFirstByteMs:
      rest.timeToFirstByteMs === null ? undefined : Math.round(rest.timeToFirstByteMs),
  }
}

function withoutZeros(usage: Usage): object {
  return {
    ...usage,
    cacheReadInputTokens: usage.cacheReadInputTokens || undefined,
    cacheWriteInputTokens: usage.cacheWriteInputTokens || undefined,
    reasoningTokens: usage.reasoningTokens || undefined,
  }
}

function wholeMilliseconds(tool: ToolMetrics): ToolMetrics {
  return { ...tool, totalMs: Math.round(tool.totalMs) }
}

function mapValues<Value, Result>(
  object: Readonly<Record<string, Value>>,
  map: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))
}

/** Returns all five keys, so that readers need no defaults. Unreported cache tokens are 0. */
function usageView(usage: Usage | null): Usage | null {
  return usage && { ...usage, ...cacheTokens(usage) }
}

function cacheTokens({ cacheReadInputTokens = 0, cacheWriteInputTokens = 0 }: Usage) {
  return { cacheReadInputTokens, cacheWriteInputTokens }
}
