import * as z from 'zod'
import { maxListedRuns, type RunStatus, type RunSummary } from '../../runs/engine.js'
import { id } from '../id.js'
import { dataResult } from '../results/results.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'
import { defineTool } from './define-tool.js'
import { runsOutputSchema } from './output-schemas.js'

const defaultLimit = 20

export const listRunsArguments = z.strictObject({
  status: z.enum(['running', 'completed', 'failed', 'cancelled']).optional(),
  sessionId: id.optional(),
  limit: z
    .int()
    .positive()
    .optional()
    .describe(`Default: ${defaultLimit}. At most ${maxListedRuns}`),
})

/** Lists the runs of the caller. */
export function listRunsTool({ runs }: Services): ServerTool {
  return defineTool({
    name: 'list_runs',
    title: 'List runs',
    description: 'Lists your runs, the latest first. Use it to find a runId that was lost.',
    arguments: listRunsArguments,
    schema: 'list_runs',
    outputSchema: runsOutputSchema,
    annotations: { readOnlyHint: true, openWorldHint: false },
    run: async ({ limit = defaultLimit, sessionId, status }, { principal }) => {
      const statuses: RunStatus[] | undefined =
        status === 'running' ? ['queued', 'running', 'waiting'] : status && [status]
      const found = await runs.list(principal, { sessionId, statuses, limit })
      return dataResult({ runs: found.map(runView) })
    },
  })
}

function runView({ principal, createdAt, startedAt, endedAt, expiresAt, ...run }: RunSummary) {
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
