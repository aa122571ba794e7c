import type { LimitHit } from '../../agent/limits.js'
import type { RunResult } from '../../runs/engine.js'

/**
 * Returns one sentence on why a run stopped before it finished or was not stored, or an empty text.
 * Clients that show only `content` would otherwise take a partial answer for a complete one.
 */
export function stopNotice({
  limit,
  output,
  stopReason,
  unsaved,
}: Pick<RunResult, 'limit' | 'output' | 'stopReason' | 'unsaved'>): string {
  if (unsaved !== undefined) return unsaved
  if (limit && output !== undefined) return `The run used more than ${limitText(limit)}.`
  switch (stopReason) {
    case 'limitReached':
      return `The run stopped at ${limit ? limitText(limit) : 'a limit'}, so its answer is incomplete.`
    case 'maxTokens':
      return 'The answer was cut off at the output limit of the model call (max_tokens), so it is incomplete.'
    case 'contentFiltered':
      return 'A content filter of the provider stopped the answer, so it is incomplete.'
    case 'cancelled':
      return 'The run was cancelled before it finished.'
    case 'interrupt':
      return 'The run was interrupted before it finished.'
    case 'endTurn':
    case 'stopSequence':
    case 'toolUse':
      return ''
  }
}

function limitText({ name, max, spent }: LimitHit): string {
  const used = spent === null || spent === max ? '' : ` (used: ${Math.round(spent * 1e6) / 1e6})`
  return `its limit ${name} = ${max}${used}`
}
