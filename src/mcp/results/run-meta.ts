import type { CallToolResult } from '@modelcontextprotocol/server'
import type { Metrics } from '../../agent/metrics/types.js'
import type { Usage } from '../../agent/metrics/usage.js'

const metaPrefix = 'io.github.litellm-agents-mcp/'

/** Returns `_meta` of a result: what the run used, did and cost. */
export function runMeta(
  usage: Usage | null,
  metrics: Metrics,
): NonNullable<CallToolResult['_meta']> {
  const { agents, cycles, latencyMs, tools, costUsd, costSource, cache, notices } = metrics
  return {
    [`${metaPrefix}usage`]: usageView(usage),
    [`${metaPrefix}metrics`]: {
      cycles: cycles.map((cycle) => ({ ...cycle, usage: usageView(cycle.usage) })),
      latencyMs,
      tools,
      costUsd,
      costSource,
      notices,
      ...(agents && { agents: agentsView(agents) }),
    },
    [`${metaPrefix}cache`]: cache,
  }
}

/** Returns the members of `structuredContent` that say what a run spent. */
export function spending({ usage, metrics }: { usage: Usage | null; metrics: Metrics }) {
  return { usage: usageView(usage), costUsd: metrics.costUsd }
}

function agentsView(agents: NonNullable<Metrics['agents']>) {
  return Object.fromEntries(
    Object.entries(agents).map(([name, spent]) => [
      name,
      { ...spent, usage: usageView(spent.usage) },
    ]),
  )
}

/** Returns all five keys, so that readers need no defaults. Unreported cache tokens are 0. */
function usageView(usage: Usage | null): Usage | null {
  return usage && { ...usage, ...cacheTokens(usage) }
}

function cacheTokens({ cacheReadInputTokens = 0, cacheWriteInputTokens = 0 }: Usage) {
  return { cacheReadInputTokens, cacheWriteInputTokens }
}
