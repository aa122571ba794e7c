import { smallestLimits } from '../../agent/limits.js'
import { budgetMetaKey, type PassedBudget, readBudget } from '../../agent/tools/budget-meta.js'

export const costHeader = 'x-litellm-agents-budget-usd'
export const depthHeader = 'x-litellm-agents-depth'

/** Returns the budget that a caller passes on, in `_meta` or in headers. */
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
