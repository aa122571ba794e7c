import { AgentError } from '../agent/errors.js'
import { limitNames, smallestLimits } from '../agent/limits.js'
import { budgetMetaKey, type PassedBudget, readBudget } from '../agent/passed-budget.js'
import type { RunSpec } from '../runs/spec.js'

const costHeader = 'x-litellm-agents-budget-usd'
const depthHeader = 'x-litellm-agents-depth'

/** What a caller passes down of its own budget, in `_meta` or in headers. */
export function passedBudget(
  meta: Readonly<Record<string, unknown>> | undefined,
  headers: Headers | undefined,
): PassedBudget | undefined {
  const inMeta = meta?.[budgetMetaKey]
  const costUsd = headers?.get(costHeader)
  const depth = headers?.get(depthHeader)
  if (inMeta === undefined && !costUsd && !depth) return undefined
  const one = readBudget(inMeta)
  const other = readBudget({
    ...(costUsd && { maxCostUsd: Number(costUsd) }),
    ...(depth && { depth: Number(depth) }),
  })
  const depths = [one.depth, other.depth].filter((given) => given !== undefined)
  return {
    limits: smallestLimits(one.limits, other.limits),
    ...(depths.length > 0 && { depth: Math.min(...depths) }),
  }
}

/** The spec within what was passed down. Fails with `limitReached` where nothing is left of it. */
export function withinBudget(spec: RunSpec, budget: PassedBudget | undefined): RunSpec {
  if (!budget) return spec
  const { limits, depth } = budget
  const empty = limitNames.find((name) => (limits[name] ?? 1) <= 0)
  if (empty) throw exhausted(`nothing of ${empty}`)
  if (depth !== undefined && depth < 1) throw exhausted('no depth')
  return {
    ...spec,
    limits: smallestLimits(spec.limits, whole(limits)),
    ...(depth !== undefined && { maxDepth: Math.floor(depth) - 1 }),
  }
}

/** Tokens are counted whole. */
function whole(limits: PassedBudget['limits']): PassedBudget['limits'] {
  const rounded = { ...limits }
  for (const name of ['maxTotalTokens', 'maxOutputTokens'] as const)
    if (rounded[name] !== undefined) rounded[name] = Math.max(1, Math.floor(rounded[name]))
  return rounded
}

function exhausted(what: string): AgentError {
  return new AgentError({
    code: 'limitReached',
    message: `The run that this call is for has left ${what} to pass on.`,
    hint: 'Do the task without another agent, or start a run with more.',
    unsent: true,
  })
}
