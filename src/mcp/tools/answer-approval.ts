import * as z from 'zod'
import { invalidRequest } from '../../agent/errors.js'
import { answerRun } from '../calls/answer-run.js'
import { unknownRun } from '../results/unknown-run.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'
import { shared } from './arguments.js'

import { inputSchema } from './input-schema.js'
import { anyRunOutputSchema } from './output-schemas.js'
import { parseArguments } from './parse-arguments.js'

export const answerApprovalArguments = z.strictObject({
  runId: shared.runId,
  toolUseId: z.string().describe('Of a call in approvals'),
  approve: z.boolean().describe("The user's own decision, never yours"),
  reason: z.string().max(1_000).optional().describe('For the agent, in words of the user'),
  waitSeconds: shared.waitSeconds,
})

/** Brings a person's word to a run that waits for it, where the client cannot show forms. */
export function answerApprovalTool(services: Services): ServerTool {
  return {
    name: 'answer_approval',
    describe: () => ({
      name: 'answer_approval',
      title: 'Allow or refuse a tool call',
      description:
        'Tells a run that waits for approval what the user decided about one of its tool calls, and goes on waiting for its result. Ask the user first.',
      inputSchema: inputSchema('answer_approval'),
      outputSchema: anyRunOutputSchema,
      annotations: {
        readOnlyHint: false,
        destructiveHint: true,
        idempotentHint: false,
        openWorldHint: true,
      },
      _meta: { 'anthropic/requiresUserInteraction': true },
    }),
    call: async (call) => {
      const { runId, toolUseId, approve, reason, waitSeconds } = parseArguments(
        'answer_approval',
        answerApprovalArguments,
        call.args,
      )
      // In a later round of this call the answer has been taken already.
      if (call.asking.runId === undefined) {
        const { runs } = services
        const decision = { approved: approve, ...(reason !== undefined && { reason }) }
        if (!(await runs.decide(runId, call.principal, toolUseId, decision)))
          throw (await runs.get(runId, call.principal))
            ? notWaiting(toolUseId)
            : unknownRun(runId, services.config)
      }
      return (await answerRun(runId, waitSeconds, call, services)).answer
    },
  }
}

function notWaiting(toolUseId: string) {
  return invalidRequest(
    `No tool call ${JSON.stringify(toolUseId.slice(0, 100))} of this run waits for approval.`,
    'Call get_run: its approvals name the calls that do.',
  )
}
