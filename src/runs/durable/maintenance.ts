import { AgentError } from '../../agent/errors.js'
import type { Database } from '../postgres/queryable.js'
import { insertSpending } from './admission.js'
import { insertUsage, rollUpSpending, usageEntries } from './postgres-usage.js'
import { noProgress, type RunProgress } from './run-rows.js'

/** Repairs what a crash at the wrong moment leaves behind, and cleans up. Any node does this. */
export class Maintenance {
  private ranAt = 0

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

  /** Does what is due, at most every five seconds. */
  async runIfDue(): Promise<void> {
    if (Date.now() - this.ranAt < everyMs) return
    this.ranAt = Date.now()
    await rollUpSpending(this.database)
    await this.enqueueForgotten()
    await this.endLost()
    await this.deleteExpired()
  }

  /** Enqueues runs whose node died after it had added them and before it had enqueued them. */
  private async enqueueForgotten(): Promise<void> {
    const rows = await this.database.rows<{ run_id: string; principal: string }>(
      `SELECT run_id, principal FROM litellm_agents.runs WHERE ended_at IS NULL AND version = $1
         AND created_at < now() - make_interval(secs => $2)
         AND NOT EXISTS (SELECT FROM ${this.options.workflowTable} WHERE workflow_uuid = run_id)`,
      [this.options.version, settledSeconds],
    )
    for (const { run_id, principal } of rows) await this.options.enqueue(run_id, principal)
  }

  /** Ends runs whose workflow is over but which were not ended with it, and counts what they spent. */
  private async endLost(): Promise<void> {
    const rows = await this.database.rows<LostRow>(
      `SELECT run_id, agent, attempts, progress FROM litellm_agents.runs
       WHERE ended_at IS NULL AND created_at < now() - make_interval(secs => $1)
         AND EXISTS (SELECT FROM ${this.options.workflowTable} w WHERE w.workflow_uuid = run_id
           AND w.status NOT IN ('PENDING', 'ENQUEUED', 'DELAYED'))
       LIMIT ${batch}`,
      [settledSeconds],
    )
    for (const row of rows) await this.endLostRun(row)
  }

  private async endLostRun({ run_id, agent, attempts, progress }: LostRow): Promise<void> {
    const begun = attempts > 0
    const { usage, metrics } = progress ?? noProgress()
    const known = !begun || progress !== null
    const outcome = {
      error: { ...lost.toJSON(), usage: known ? usage : null, metrics: known ? metrics : null },
    }
    await this.database.rows(
      `WITH ended AS (
         UPDATE litellm_agents.runs SET status = 'failed', doing = 'failed', outcome = $2,
           ended_at = now(), expires_at = now() + make_interval(secs => $3)
         WHERE run_id = $1 AND ended_at IS NULL
         RETURNING run_id, principal, held_tokens, held_usd),
       used AS (${insertUsage('ended', '$4')})
       ${insertSpending('ended', '$5', '$6')}`,
      [
        run_id,
        JSON.stringify(outcome),
        this.options.keepSeconds,
        usageEntries(agent, metrics),
        // The spending of a run that reported none is unknown.
        known ? (usage?.totalTokens ?? null) : null,
        known ? metrics.costUsd : null,
      ],
    )
  }

  private async deleteExpired(): Promise<void> {
    const rows = await this.database.rows<{ run_id: string }>(
      `SELECT run_id FROM litellm_agents.runs WHERE expires_at < now() LIMIT ${batch}`,
    )
    if (rows.length === 0) return
    const runIds = rows.map(({ run_id }) => run_id)
    await this.options.forget(runIds)
    await this.database.rows('DELETE FROM litellm_agents.runs WHERE run_id = ANY($1)', [runIds])
  }
}

interface LostRow {
  run_id: string
  agent: string
  attempts: number
  progress: RunProgress | null
}

const everyMs = 5_000
const settledSeconds = 5
const batch = 1_000

const lost = new AgentError({
  code: 'providerError',
  message: 'The run ended without a result.',
  hint: 'Check the logs of the servers for the cause, then start the run again.',
})
