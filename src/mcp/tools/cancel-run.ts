import * as z from 'zod'
import { runResult } from '../results/run-result.js'
import { unknownRun } from '../results/unknown-run.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'
import { shared } from './arguments.js'

import { inputSchema } from './input-schema.js'
import { anyRunOutputSchema } from './output-schemas.js'
import { parseArguments } from './parse-arguments.js'

export const cancelRunArguments = z.strictObject({ runId: shared.runId })

/** Stops a run, wherever it was started. */
export function cancelRunTool(services: Services): ServerTool {
  return {
    name: 'cancel_run',
    describe: () => ({
      name: 'cancel_run',
      title: 'Cancel a run',
      description: 'Stops a run and returns its result, with what it used until then.',
      inputSchema: inputSchema('cancel_run'),
      outputSchema: anyRunOutputSchema,
      annotations: {
        readOnlyHint: false,
        destructiveHint: true,
        idempotentHint: true,
        openWorldHint: false,
      },
    }),
    call: async ({ args, principal }) => {
      const { runId } = parseArguments('cancel_run', cancelRunArguments, args)
      const record = await services.runs.cancel(runId, principal)
      if (!record) throw unknownRun(runId, services.config)
      return runResult(record, services)
    },
  }
}
