import type { Queryable } from '../postgres/queryable.js'
import { unexpired } from './run-reads.js'
import type { KeyedRun } from './run-state.js'

/**
 * Returns the run that has a key. An expired run loses its key, so that the next run can use it.
 */
export async function runWithKey(
  client: Queryable,
  principal: string,
  key: string,
): Promise<KeyedRun | undefined> {
  const [found] = await client.rows<{ run_id: string; arguments_digest: string }>(
    `WITH freed AS (
       UPDATE litellm_agents.runs r SET idempotency_key = NULL
       WHERE principal = $1 AND idempotency_key = $2 AND NOT cancel_requested AND NOT ${unexpired}
     )
     SELECT run_id, arguments_digest FROM litellm_agents.runs r
     WHERE principal = $1 AND idempotency_key = $2 AND NOT cancel_requested AND ${unexpired}`,
    [principal, key],
  )
  return found && { runId: found.run_id, argumentsDigest: found.arguments_digest }
}

/**
 * SQL that adds messages of the run in the table `run`, if any. A resumed run produces its first
 * messages again; those already stored are ignored.
 */
export function insertMessages(run: string, position: string, messages: string): string {
  return `INSERT INTO litellm_agents.run_messages (run_id, position, message)
    SELECT ${run}.run_id, ${position}::int + ordinality - 1, message::json
    FROM ${run}, unnest(${messages}::text[]) WITH ORDINALITY AS given (message, ordinality)
    ON CONFLICT DO NOTHING`
}
