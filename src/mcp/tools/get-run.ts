import * as z from 'zod'
import { answerRun } from '../calls/answer-run.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'
import { shared } from './arguments.js'

import { inputSchema } from './input-schema.js'
import { anyRunOutputSchema } from './output-schemas.js'
import { parseArguments } from './parse-arguments.js'

export const getRunArguments = z.strictObject({
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
      inputSchema: inputSchema('get_run'),
      outputSchema: anyRunOutputSchema,
      annotations: { readOnlyHint: true, openWorldHint: false },
    }),
    call: async (call) => {
      const { runId, waitSeconds } = parseArguments('get_run', getRunArguments, call.args)
      return (await answerRun(runId, waitSeconds, call, services)).answer
    },
  }
}
