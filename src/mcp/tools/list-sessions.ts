import * as z from 'zod'
import { dataResult } from '../results/results.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'
import { defineTool } from './define-tool.js'
import { sessionsOutputSchema } from './output-schemas.js'

export const listSessionsArguments = z.strictObject({
  agent: z.string().optional().describe('Only sessions with this agent'),
})

/** Limits the list, because a model has to read all of it. */
const maxListed = 100

/** Lists the conversations of the caller. */
export function listSessionsTool({ sessions: store }: Services): ServerTool {
  return defineTool({
    name: 'list_sessions',
    title: 'List sessions',
    description:
      'Lists your conversations, the last used first, with the usage and cost of each. Use it to find a sessionId to continue.',
    arguments: listSessionsArguments,
    schema: 'list_sessions',
    outputSchema: sessionsOutputSchema,
    annotations: { readOnlyHint: true, openWorldHint: false },
    run: async ({ agent }, { principal }) => {
      const found = (await store.list(principal)).filter(
        (session) => agent === undefined || session.agent === agent,
      )
      return dataResult({ sessions: found.slice(0, maxListed), total: found.length })
    },
  })
}
