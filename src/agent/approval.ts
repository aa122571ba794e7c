import type { JsonObject } from './content.js'
import { matchesAny } from './glob.js'
import type { Hooks } from './hooks.js'

/** A tool call that waits for a person's word. */
export interface ApprovalRequest {
  readonly toolUseId: string
  /** `server/tool` where that is what people know it by. */
  readonly toolName: string
  readonly input: JsonObject
}

export interface ApprovalDecision {
  readonly approved: boolean
  /** In the person's words, for the model to read. */
  readonly reason?: string | undefined
}

/** Asks a person, for as long as that takes; `signal` aborts when the run ends. */
export type Approve = (
  request: ApprovalRequest,
  signal: AbortSignal,
) => ApprovalDecision | Promise<ApprovalDecision>

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
