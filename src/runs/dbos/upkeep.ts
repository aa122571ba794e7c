import type { Database } from '../postgres/database.js'

/** What a crash at the wrong moment leaves lying about. Each is for any node to pick up. */
export class Upkeep {
  private cleanedAt = 0

  constructor(
    private readonly database: Database,
    private readonly options: {
      version: string
      workflowTable: string
      enqueue: (runId: string, principal: string) => Promise<void>
      forget: (runIds: readonly string[]) => Promise<void>
    },
  ) {}

  /** Does now and then what is due. */
  async tend(): Promise<void> {
    if (Date.now() - this.cleanedAt < everyMs) return
    this.cleanedAt = Date.now()
    await this.enqueueForgotten()
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
