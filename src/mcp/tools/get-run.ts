import * as z from 'zod'
import { inputSchema, shared } from '../arguments.js'
import { parseArguments } from '../parse-arguments.js'
import { runResult } from '../run-result.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool.js'
import { unknownRun } from '../unknown-run.js'
import { waitForRun } from '../wait-for-run.js'
import { anyRunOutputSchema } from './output-schemas.js'

const argumentsSchema = z.strictObject({
  runId: shared.runId,
  waitSeconds: shared.waitSeconds,
})

/** Waits for a run that was started before. */
export function getRunTool(services: Services): ServerTool {
  return {
    name: 'get_run',
    describe: () => ({
      name: 'get_run',
      title: 'Get a run',
      description:
        'Waits for a run that goes on and returns its result; while status is running, what it said and used so far: call it again. ' +
        'Results are kept for a day unless the server says otherwise.',
      inputSchema: inputSchema(argumentsSchema),
      outputSchema: anyRunOutputSchema,
      annotations: { readOnlyHint: true, openWorldHint: false },
    }),
    call: async (call) => {
      const { runId, waitSeconds } = parseArguments('get_run', argumentsSchema, call.args)
      const record = await waitForRun(runId, waitSeconds, call, services)
      if (!record) throw unknownRun(runId, services.config)
      return runResult(record, services)
    },
  }
}
