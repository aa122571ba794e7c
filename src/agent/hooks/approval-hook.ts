import { matchesAny } from '../../util/glob.js'
import type { Approve } from '../tools/approval.js'
import type { Hooks } from './hooks.js'

/** Holds tool calls that match the globs until a person approves them. Pauses the run's clock meanwhile. */
export function approvalHook(globs: readonly string[], approve: Approve | undefined): Hooks {
  return {
    beforeToolCall: async ({ name, toolUseId, input, signal, pauseClock }) => {
      if (!matchesAny(globs, name)) return undefined
      if (!approve)
        return { cancel: `${name} needs a person's approval, and no one can be asked here.` }
      pauseClock()
      const { approved, reason } = await approve({ toolUseId, toolName: name, input }, signal)
      return approved ? undefined : { cancel: refusal(name, reason) }
    },
  }
}

function refusal(name: string, reason: string | undefined): string {
  const why = reason ? `: ${reason}` : '.'
  return `This call of ${name} was not approved${why} Do not repeat it. Continue without it, or say what is missing.`
}
