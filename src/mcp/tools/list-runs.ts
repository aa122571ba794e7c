import * as z from 'zod'
import type { RunStatus, RunSummary } from '../../runs/engine.js'
import { id } from '../id.js'
import { dataResult } from '../results/results.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'
import { defineTool } from './define-tool.js'
import { runsOutputSchema } from './output-schemas.js'

export const listRunsArguments = z.strictObject({
  status: z.enum(['running', 'completed', 'failed', 'cancelled']).optional(),
  sessionId: id.optional(),
})

const maxRuns = 100

/** Lists the runs of the caller. */
export function listRunsTool({ runs }: Services): ServerTool {
  return defineTool({
    name: 'list_runs',
    title: 'List runs',
    description: `Lists your runs, the latest first, at most ${maxRuns}.`,
    arguments: listRunsArguments,
    schema: 'list_runs',
    outputSchema: runsOutputSchema,
    annotations: { readOnlyHint: true, openWorldHint: false },
    run: async ({ sessionId, status }, { principal }) => {
      const statuses: RunStatus[] | undefined =
        status === 'running' ? ['queued', 'running', 'waiting'] : status && [status]
      const found = await runs.list(principal, { sessionId, statuses })
      return dataResult({ runs: found.slice(0, maxRuns).map(runView) })
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
