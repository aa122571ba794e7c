import { matchesAny } from '../../util/glob.js'
import type { Approve } from '../tools/approval.js'
import type { Hooks } from './hooks.js'

/** Holds the tool calls that fit the globs until they are allowed; the run's clock stands meanwhile. */
export function approvalHook(globs: readonly string[], approve: Approve | undefined): Hooks {
  return {
    beforeToolCall: async ({ name, toolUseId, input, signal, pauseClock }) => {
      if (!matchesAny(globs, name)) return undefined
      if (!approve)
        return { cancel: `${name} needs a person's approval, and nobody can be asked here.` }
      pauseClock()
      const { approved, reason } = await approve({ toolUseId, toolName: name, input }, signal)
      return approved ? undefined : { cancel: refusal(name, reason) }
    },
  }
}

function refusal(name: string, reason: string | undefined): string {
  const why = reason ? `: ${reason}` : '.'
  return `This call of ${name} was not approved${why} Do not repeat it; go on without it, or say what is missing.`
}
