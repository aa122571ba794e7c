import * as z from 'zod'
import { id } from '../id.js'
import { success, textContent } from '../results/results.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'

import { inputSchema } from './input-schema.js'
import { forgottenOutputSchema } from './output-schemas.js'
import { parseArguments } from './parse-arguments.js'

export const forgetSessionArguments = z.strictObject({
  sessionId: id.min(1).max(256),
  agent: z.string().optional().describe('Only the one with this agent; default: with any'),
})

/** Deletes a conversation of whoever calls. */
export function forgetSessionTool({ sessions }: Services): ServerTool {
  return {
    name: 'forget_session',
    describe: () => ({
      name: 'forget_session',
      title: 'Forget a session',
      description: 'Deletes a conversation for good, once the runs in it are done.',
      inputSchema: inputSchema('forget_session'),
      outputSchema: forgottenOutputSchema,
      annotations: {
        readOnlyHint: false,
        destructiveHint: true,
        idempotentHint: true,
        openWorldHint: false,
      },
    }),
    call: async ({ args, principal, signal }) => {
      const which = parseArguments('forget_session', forgetSessionArguments, args)
      const forgotten = await sessions.forget(principal, which, signal)
      const { sessionId } = which
      const name = JSON.stringify(sessionId)
      const text =
        forgotten === 0
          ? `There is no session ${name}; list_sessions shows those there are.`
          : `Forgot ${forgotten === 1 ? 'the session' : `${forgotten} sessions`} ${name}.`
      return success(textContent(text), { sessionId, forgotten })
    },
  }
}
