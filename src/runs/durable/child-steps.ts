import { retryUntilAvailable } from '../postgres/outage.js'
import type { Queryable } from '../postgres/queryable.js'
import type { RunStep } from './step-log.js'

/**
 * Returns the steps of a child agent in a tool call of a run. They are identified by their order in
 * that call. `owned` is SQL that is true if the executor, $2, still owns the run `r`.
 */
export function childSteps(
  database: Queryable,
  { owned, executorId }: { owned: string; executorId: string },
  runId: string,
  place: string,
): RunStep {
  let steps = 0
  return async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const step = `${place}/${++steps} ${name}`
    const [known] = await database.rows<{ record: T }>(
      'SELECT record FROM litellm_agents.run_steps WHERE run_id = $1 AND place = $2',
      [runId, step],
    )
    if (known) return known.record
    const record = await work()
    const kept = await retryUntilAvailable(() =>
      database.rows(
        `INSERT INTO litellm_agents.run_steps SELECT run_id, $3, $4 FROM litellm_agents.runs r WHERE run_id = $1 AND ${owned}
         ON CONFLICT DO NOTHING RETURNING run_id`,
        [runId, executorId, step, JSON.stringify(record)],
      ),
    )
    if (kept.length === 0) throw new Error('Another node has taken over the run.')
    return record
  }
}
