import type { Message } from '../../agent/messages/content.js'
import { listLimit, type RunFilter, type RunRecord, type RunSummary } from '../engine.js'
import type { Queryable } from '../postgres/queryable.js'

import {
  type RecordRow,
  recordColumns,
  recordOf,
  type SummaryRow,
  summaryColumns,
  summaryOf,
} from './run-rows.js'

/** SQL: the run `r` has not expired. Expired runs are deleted later. */
export const unexpired = '(r.expires_at IS NULL OR r.expires_at > now())'

/** Reads runs for their principals. */
export class RunReads {
  constructor(private readonly database: Queryable) {}

  async record(runId: string, principal: string): Promise<RunRecord | undefined> {
    const [row] = await this.database.rows<RecordRow>(
      `SELECT ${recordColumns} FROM litellm_agents.runs r WHERE run_id = $1 AND principal = $2 AND ${unexpired}`,
      [runId, principal],
    )
    return row && recordOf(row)
  }

  /** Returns a run's summary, without its text and metrics. */
  async summary(runId: string, principal: string): Promise<RunSummary | undefined> {
    const [row] = await this.database.rows<SummaryRow>(
      `SELECT ${summaryColumns} FROM litellm_agents.runs r WHERE run_id = $1 AND principal = $2 AND ${unexpired}`,
      [runId, principal],
    )
    return row && summaryOf(row)
  }

  async list(principal: string, filter: RunFilter): Promise<RunSummary[]> {
    const { statuses = null, sessionId = null } = filter
    const rows = await this.database.rows<SummaryRow>(
      `SELECT ${summaryColumns} FROM litellm_agents.runs r WHERE principal = $1 AND ${unexpired}
         AND ($2::text[] IS NULL OR status = ANY($2)) AND ($3::text IS NULL OR session_id = $3)
       ORDER BY created_at DESC LIMIT $4`,
      [principal, statuses, sessionId, listLimit(filter)],
    )
    return rows.map(summaryOf)
  }

  async messages(runId: string): Promise<Message[]> {
    const rows = await this.database.rows<{ message: Message }>(
      'SELECT message FROM litellm_agents.run_messages WHERE run_id = $1 ORDER BY position',
      [runId],
    )
    return rows.map(({ message }) => message)
  }
}
