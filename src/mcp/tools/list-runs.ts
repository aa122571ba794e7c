import * as z from 'zod'
import type { RunStatus, RunSummary } from '../../runs/engine.js'
import { id } from '../id.js'
import { dataResult } from '../results/results.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'

import { inputSchema } from './input-schema.js'
import { runsOutputSchema } from './output-schemas.js'
import { parseArguments } from './parse-arguments.js'

export const listRunsArguments = z.strictObject({
  status: z.enum(['running', 'completed', 'failed', 'cancelled']).optional(),
  sessionId: id.optional(),
})

const maxRuns = 100

/** Finds a run whose id was lost. */
export function listRunsTool({ runs }: Services): ServerTool {
  return {
    name: 'list_runs',
    describe: () => ({
      name: 'list_runs',
      title: 'List runs',
      description: `Lists your runs, the latest first, at most ${maxRuns}.`,
      inputSchema: inputSchema('list_runs'),
      outputSchema: runsOutputSchema,
      annotations: { readOnlyHint: true, openWorldHint: false },
    }),
    call: async ({ args, principal }) => {
      const { sessionId, status } = parseArguments('list_runs', listRunsArguments, args)
      const statuses: RunStatus[] | undefined =
        status === 'running' ? ['queued', 'running', 'waiting'] : status && [status]
      const found = await runs.list(principal, { sessionId, statuses })
      const listed = { runs: found.slice(0, maxRuns).map(view) }
      return dataResult(listed)
    },
  }
}

function view({ principal, createdAt, startedAt, endedAt, expiresAt, ...run }: RunSummary) {
  const { runId, tool, agent, modelId, sessionId, status, activity } = run
  return {
    runId,
    status: status === 'queued' || status === 'waiting' ? 'running' : status,
    doing: activity,
    tool,
    ...(agent !== '' && { agent }),
    modelId,
    ...(sessionId !== undefined && { sessionId }),
    createdAt: iso(createdAt),
    ...(startedAt !== undefined && { startedAt: iso(startedAt) }),
    ...(endedAt !== undefined && { endedAt: iso(endedAt) }),
    ...(expiresAt !== undefined && { expiresAt: iso(expiresAt) }),
  }
}

function iso(time: number): string {
  return new Date(time).toISOString()
}
