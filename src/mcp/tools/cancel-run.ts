import * as z from 'zod'
import { runNotFound } from '../results/run-not-found.js'
import { runResult } from '../results/run-result.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'
import { shared } from './arguments.js'
import { defineTool } from './define-tool.js'
import { anyRunOutputSchema } from './output-schemas.js'

export const cancelRunArguments = z.strictObject({ runId: shared.runId })

/** Stops a run, whichever call started it. */
export function cancelRunTool(services: Services): ServerTool {
  return defineTool({
    name: 'cancel_run',
    title: 'Cancel a run',
    description: 'Stops a run that is no longer wanted and returns what it said and used.',
    arguments: cancelRunArguments,
    schema: 'cancel_run',
    outputSchema: anyRunOutputSchema,
    annotations: {
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: true,
      openWorldHint: false,
    },
    run: async ({ runId }, { principal }) => {
      const record = await services.runs.cancel(runId, principal)
      if (!record) throw runNotFound(runId, services.config)
      return runResult(record, services)
    },
  })
}
