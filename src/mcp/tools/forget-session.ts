import * as z from 'zod'
import { id } from '../id.js'
import { success, textContent } from '../results/results.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'
import { defineTool } from './define-tool.js'
import { forgottenOutputSchema } from './output-schemas.js'

export const forgetSessionArguments = z.strictObject({
  sessionId: id.min(1).max(256),
  agent: z.string().optional().describe('Only the session with this agent. Default: any'),
})

/** Deletes a conversation of the caller. */
export function forgetSessionTool({ sessions }: Services): ServerTool {
  return defineTool({
    name: 'forget_session',
    title: 'Forget a session',
    description:
      'Deletes a conversation for good, once the runs in it have ended. Use it only when the user asks for it.',
    arguments: forgetSessionArguments,
    schema: 'forget_session',
    outputSchema: forgottenOutputSchema,
    annotations: {
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: true,
      openWorldHint: false,
    },
    run: async (which, { principal, signal }) => {
      const forgotten = await sessions.forget(principal, which, signal)
      const { sessionId } = which
      const name = JSON.stringify(sessionId)
      const text =
        forgotten === 0
          ? `There is no session ${name}. Call list_sessions to see yours.`
          : `Forgot ${forgotten === 1 ? 'the session' : `${forgotten} sessions`} ${name}.`
      return success(textContent(text), { sessionId, forgotten })
    },
  })
}
