import type { CallToolResult } from '@modelcontextprotocol/server'
import { emptyCacheReport } from '../../agent/metrics/cache-report.js'
import type { Metrics } from '../../agent/metrics/types.js'
import { noUsage, type Usage } from '../../agent/metrics/usage.js'
import type { RunFailure } from '../../runs/engine.js'
import type { Content } from '../tool-call.js'

const metaPrefix = 'io.github.litellm-agents-mcp/'

/** Returns a success: `content` for clients that show only that, and the same as data. */
export function success(
  content: Content[],
  data: object,
  meta?: CallToolResult['_meta'],
): CallToolResult {
  return { content, structuredContent: { ...data }, ...(meta && { _meta: meta }) }
}

/** Returns data as a success for clients that show `content` and for those that show the data. */
export function dataResult(data: object): CallToolResult {
  return success(textContent(JSON.stringify(data)), data)
}

/** Returns one text block, or none for an empty text: some clients fail on empty blocks. */
export function textContent(text: string): Content[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }]
}

/**
 * A failure as a model can act on it: what happened and what to do next, and what was spent all the
 * same. `about` is what is known of the run it ended.
 */
export function failure(
  error: RunFailure,
  about: object,
  redact: (text: string) => string,
): CallToolResult {
  const { code, message, retryable, hint } = error
  const data = { code, message: redact(message), retryable, hint: redact(hint) }
  const { usage, metrics } = error.metrics
    ? { usage: error.usage, metrics: error.metrics }
    : unspent
  return {
    isError: true,
    content: [{ type: 'text', text: `${data.message} ${data.hint}` }],
    structuredContent: {
      status: code === 'cancelled' ? 'cancelled' : 'failed',
      ...about,
      ...spending({ usage, metrics }),
      error: data,
    },
    _meta: runMeta(usage, metrics),
  }
}

/** An error without metrics came before any run, and cost nothing. */
const unspent: { usage: Usage; metrics: Metrics } = {
  usage: noUsage,
  metrics: {
    cycles: [],
    latencyMs: 0,
    tools: {},
    costUsd: 0,
    costSource: 'reported',
    cache: emptyCacheReport(),
    accumulatedUsage: noUsage,
    notices: [],
  },
}

/** The members of a result that say what a run spent. */
export function spending({ usage, metrics }: { usage: Usage | null; metrics: Metrics }) {
  return { usage: usageView(usage), costUsd: metrics.costUsd }
}

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

function agentsView(agents: NonNullable<Metrics['agents']>) {
  return Object.fromEntries(
    Object.entries(agents).map(([name, spent]) => [
      name,
      { ...spent, usage: usageView(spent.usage) },
    ]),
  )
}

/** All five keys, so that readers need no defaults; what a provider did not tell of its cache is 0. */
function usageView(usage: Usage | null): Usage | null {
  return usage && { ...usage, ...cacheTokens(usage) }
}

function cacheTokens({ cacheReadInputTokens = 0, cacheWriteInputTokens = 0 }: Usage) {
  return { cacheReadInputTokens, cacheWriteInputTokens }
}
