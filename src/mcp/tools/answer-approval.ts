import * as z from 'zod'
import { invalidRequest } from '../../agent/errors.js'
import { answerRun } from '../calls/answer-run.js'
import { runNotFound } from '../results/run-not-found.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'
import { shared } from './arguments.js'
import { defineTool } from './define-tool.js'
import { anyRunOutputSchema } from './output-schemas.js'

export const answerApprovalArguments = z.strictObject({
  runId: shared.runId,
  toolUseId: z.string().describe('Of a call in approvals'),
  approve: z.boolean().describe("The user's decision, never yours"),
  reason: z.string().max(1_000).optional().describe("For the agent, in the user's words"),
  waitSeconds: shared.waitSeconds,
})

/** Passes a user's decision to a run that waits for it, for clients that cannot show forms. */
export function answerApprovalTool(services: Services): ServerTool {
  return defineTool({
    name: 'answer_approval',
    title: 'Allow or refuse a tool call',
    description:
      'Passes the decision of the user about a tool call to the run that waits for it, then waits for the result of the run. Ask the user first.',
    arguments: answerApprovalArguments,
    schema: 'answer_approval',
    outputSchema: anyRunOutputSchema,
    annotations: {
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: false,
      openWorldHint: true,
    },
    _meta: { 'anthropic/requiresUserInteraction': true },
    run: async ({ runId, toolUseId, approve, reason, waitSeconds }, call) => {
      // A later round of this call has already passed the decision.
      if (call.elicitor.runId === undefined) {
        const { runs } = services
        const decision = { approved: approve, ...(reason !== undefined && { reason }) }
        if (!(await runs.decide(runId, call.principal, toolUseId, decision)))
          throw (await runs.get(runId, call.principal))
            ? notWaiting(toolUseId)
            : runNotFound(runId, services.config)
      }
      return (await answerRun(runId, waitSeconds, call, services)).answer
    },
  })
}

function notWaiting(toolUseId: string) {
  return invalidRequest(
    `No tool call ${JSON.stringify(toolUseId.slice(0, 100))} of this run waits for approval.`,
    'Call get_run: its approvals list the calls that do.',
  )
}
