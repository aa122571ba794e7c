import { type AgentError, invalidRequest } from '../../agent/errors.js'
import type { Config } from '../../config/resolve.js'

/** Returns the same error for a run that never existed, has another owner or has expired. */
export function runNotFound(runId: string, { runs }: Config): AgentError {
  return invalidRequest(
    `There is no run ${JSON.stringify(runId.slice(0, 100))}.`,
    `Check the runId, or call list_runs. Results are kept for ${span(runs.resultTtlSeconds)} after a run ends.`,
  )
}

function span(seconds: number): string {
  const hours = seconds / 3600
  return hours >= 1 ? `${Math.round(hours * 10) / 10} hours` : `${Math.round(seconds)} seconds`
}
