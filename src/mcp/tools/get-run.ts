import * as z from 'zod'
import { answerRun } from '../calls/answer-run.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'
import { shared } from './arguments.js'
import { defineTool } from './define-tool.js'
import { anyRunOutputSchema } from './output-schemas.js'

export const getRunArguments = z.strictObject({
  runId: shared.runId,
  waitSeconds: shared.waitSeconds,
})

/** Waits for a run that an earlier call started. */
export function getRunTool(services: Services): ServerTool {
  return defineTool({
    name: 'get_run',
    title: 'Get a run',
    description:
      'Waits for a run and returns its result. While status is running, it returns what the run said and used so far: call it again. ' +
      'Use it when another tool returned a runId with status running. Results are kept for a day unless the server sets another time.',
    arguments: getRunArguments,
    schema: 'get_run',
    outputSchema: anyRunOutputSchema,
    annotations: { readOnlyHint: true, openWorldHint: false },
    run: async ({ runId, waitSeconds }, call) =>
      (await answerRun(runId, waitSeconds, call, services)).answer,
  })
}
