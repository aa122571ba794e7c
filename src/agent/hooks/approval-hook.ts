import { matchesAny } from '../../util/glob.js'
import { configurationError } from '../errors.js'
import type { ApprovalDecision, Approve } from '../tools/approval.js'
import type { Hooks } from './hooks.js'

/** Holds tool calls that match the globs until a person approves them. Pauses the run's clock meanwhile. */
export function approvalHook(globs: readonly string[], approve: Approve | undefined): Hooks {
  return {
    beforeToolCall: async ({ name, toolUseId, input, signal, pauseClock }) => {
      if (!matchesAny(globs, name)) return undefined
      if (!approve)
        return { cancel: `${name} needs a person's approval, and no one can be asked here.` }
      pauseClock()
      const decision: unknown = await approve({ toolUseId, toolName: name, input }, signal)
      const { approved, reason } = checkedDecision(decision)
      return approved ? undefined : { cancel: refusal(name, reason) }
    },
  }
}

function checkedDecision(decision: unknown): ApprovalDecision {
  if (typeof decision === 'object' && decision !== null && 'approved' in decision)
    return decision as ApprovalDecision
  throw configurationError(
    'approve returned no decision.',
    'Return { approved: true } or { approved: false, reason }.',
  )
}

function refusal(name: string, reason: string | undefined): string {
  const why = reason ? `: ${reason}` : '.'
  return `This call of ${name} was not approved${why} Do not repeat it. Continue without it, or say what is missing.`
}
