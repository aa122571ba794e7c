import * as z from 'zod'
import { dataResult } from '../results/results.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'

import { inputSchema } from './input-schema.js'
import { sessionsOutputSchema } from './output-schemas.js'
import { parseArguments } from './parse-arguments.js'

export const listSessionsArguments = z.strictObject({
  agent: z.string().optional().describe('Only sessions with this agent'),
})

/** More than this no model wants to read. */
const mostShown = 100

/** Lists the conversations of whoever calls. */
export function listSessionsTool({ sessions: store }: Services): ServerTool {
  return {
    name: 'list_sessions',
    describe: () => ({
      name: 'list_sessions',
      title: 'List sessions',
      description:
        'Lists your conversations that a sessionId can continue, the last used first, with what each has used and cost in all.',
      inputSchema: inputSchema('list_sessions'),
      outputSchema: sessionsOutputSchema,
      annotations: { readOnlyHint: true, openWorldHint: false },
    }),
    call: async ({ args, principal }) => {
      const { agent } = parseArguments('list_sessions', listSessionsArguments, args)
      const found = (await store.list(principal)).filter(
        (session) => agent === undefined || session.agent === agent,
      )
      const data = { sessions: found.slice(0, mostShown), total: found.length }
      return dataResult(data)
    },
  }
}
