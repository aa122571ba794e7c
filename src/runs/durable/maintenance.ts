import { AgentError } from '../../agent/errors.js'
import type { Database } from '../postgres/queryable.js'

/** What a crash at the wrong moment leaves lying about. Each is for any node to pick up. */
export class Maintenance {
  private cleanedAt = 0

  constructor(
    private readonly database: Database,
    private readonly options: {
      version: string
      workflowTable: string
      keepSeconds: number
      enqueue: (runId: string, principal: string) => Promise<void>
      forget: (runIds: readonly string[]) => Promise<void>
    },
  ) {}

  /** Does now and then what is due. */
  async runIfDue(): Promise<void> {
    if (Date.now() - this.cleanedAt < everyMs) return
    this.cleanedAt = Date.now()
    await this.enqueueForgotten()
    await this.endLost()
    await this.deleteExpired()
  }

  /** Runs whose node died after it had written them down and before it had put them into the queue. */
  private async enqueueForgotten(): Promise<void> {
    const rows = await this.database.rows<{ run_id: string; principal: string }>(
      `SELECT run_id, principal FROM runs WHERE ended_at IS NULL AND version = $1
         AND created_at < now() - make_interval(secs => $2)
         AND NOT EXISTS (SELECT FROM ${this.options.workflowTable} WHERE workflow_uuid = run_id)`,
      [this.options.version, settledSeconds],
    )
    for (const { run_id, principal } of rows) await this.options.enqueue(run_id, principal)
  }

  /** Runs whose workflow is over, and which for some fault were not ended with it. */
  private async endLost(): Promise<void> {
    const outcome = { error: { ...lost.toJSON(), usage: null, metrics: null } }
    await this.database.rows(
      `UPDATE runs SET status = 'failed', doing = 'failed', outcome = $1, ended_at = now(),
         expires_at = now() + make_interval(secs => $2)
       WHERE ended_at IS NULL AND created_at < now() - make_interval(secs => $3)
         AND EXISTS (SELECT FROM ${this.options.workflowTable} w WHERE w.workflow_uuid = run_id
           AND w.status NOT IN ('PENDING', 'ENQUEUED', 'DELAYED'))`,
      [JSON.stringify(outcome), this.options.keepSeconds, settledSeconds],
    )
  }

  private async deleteExpired(): Promise<void> {
    const rows = await this.database.rows<{ run_id: string }>(
      `SELECT run_id FROM runs WHERE expires_at < now() LIMIT ${batch}`,
    )
    if (rows.length === 0) return
    const runIds = rows.map(({ run_id }) => run_id)
    await this.options.forget(runIds)
    await this.database.rows('DELETE FROM runs WHERE run_id = ANY($1)', [runIds])
  }
}

const everyMs = 5_000
const settledSeconds = 5
const batch = 1_000

const lost = new AgentError({
  code: 'providerError',
  message: 'The run ended without a result.',
  hint: 'Look at the logs of the servers for what went wrong, then start the run anew.',
})
