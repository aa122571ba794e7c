import { AgentError } from '../agent/errors.js'
import { limitNames, smallestLimits } from '../agent/limits.js'
import type { PassedBudget } from '../agent/tools/budget-meta.js'
import type { RunSpec } from '../runs/spec.js'

/** Returns the spec limited to the budget that was passed down. Fails if nothing of it is left. */
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

/** Rounds limits on tokens down to whole numbers. */
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
