import type { RunStatus, StartOptions } from '../engine.js'
import { runFigures } from '../history/run-history.js'
import type { Notifications } from '../postgres/notifications.js'
import type { Database, Queryable } from '../postgres/queryable.js'
import type { RunAllowance } from '../quotas/quotas.js'
import type { RunSpec } from '../spec.js'
import {
  type Admitted,
  admitted,
  hasQuota,
  insertSpending,
  noneQueuedOf,
  queuedRuns,
  queueFullError,
} from './admission.js'
import { childSteps } from './child-steps.js'
import { Decisions } from './decisions.js'
import { insertUsage, usageEntries } from './postgres-usage.js'
import { RunReads } from './run-reads.js'
import type { EndTimes, KeyedRun, NewMessages, RunEnd, RunNews, TakenRun } from './run-state.js'
import { insertMessages, runWithKey } from './run-statements.js'
import type { RunStep } from './step-log.js'

/**
 * Stores runs as rows that all nodes share. Only the node that owns a run's workflow writes the
 * run: `owned` is part of each such statement.
 */
export class RunStore {
  readonly reads: RunReads
  readonly decisions: Decisions
  private readonly owned: string

  constructor(
    private readonly database: Database,
    private readonly notifications: Notifications,
    private readonly options: {
      version: string
      executorId: string
      workflowTable: string
      maxQueued: number
    },
  ) {
    this.reads = new RunReads(database)
    this.decisions = new Decisions(database, notifications)
    this.owned = `EXISTS (SELECT FROM ${options.workflowTable} w WHERE w.workflow_uuid = r.run_id
      AND w.status = 'PENDING' AND w.executor_id = $2)`
  }

  /**
   * Adds a run, or returns the run that already has its idempotency key. Adding the same run again
   * has no effect, so that a start whose response was lost can be retried. Fails if the run is not
   * admitted.
   */
  async add(
    runId: string,
    spec: RunSpec,
    options: StartOptions,
    allowance: RunAllowance,
  ): Promise<KeyedRun | undefined> {
    const { idempotency } = options
    if (!idempotency && !hasQuota(allowance)) {
      await this.insert(this.database, runId, { spec, held: {} }, options)
      return undefined
    }
    return this.database.transaction(async (client) => {
      const { key } = idempotency ?? {}
      const found = key === undefined ? undefined : await runWithKey(client, spec.principal, key)
      if (found) return found
      const added = await this.insert(
        client,
        runId,
        await admitted(client, spec, allowance),
        options,
      )
      // Another start with the same key was first.
      return added || key === undefined ? undefined : runWithKey(client, spec.principal, key)
    })
  }

  private async insert(
    client: Queryable,
    runId: string,
    { spec, held }: Admitted,
    { idempotency, stream }: StartOptions,
  ): Promise<boolean> {
    const { maxQueued, version } = this.options
    const [row] = await client.rows<{ room: boolean; added: boolean }>(
      `WITH room AS (SELECT ${queuedRuns} < $14 OR ($14 > 0 AND ${noneQueuedOf('$2')}) AS found),
       added AS (
         INSERT INTO litellm_agents.runs (run_id, principal, tool, agent, model_id, session_id,
           spec, stream, version, idempotency_key, arguments_digest, held_tokens, held_usd)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 FROM room WHERE found
         ON CONFLICT DO NOTHING RETURNING run_id)
       SELECT found AS room, EXISTS (SELECT FROM added) AS added FROM room`,
      [
        runId,
        spec.principal,
        spec.tool,
        spec.agent,
        spec.modelId,
        spec.sessionId ?? null,
        JSON.stringify(spec),
        stream ?? null,
        version,
        idempotency?.key ?? null,
        idempotency?.argumentsDigest ?? null,
        held.tokens ?? null,
        held.usd ?? null,
        maxQueued,
      ],
    )
    if (!row?.room) throw await queueFullError(client)
    return row.added
  }

  /** Takes on a run; returns `undefined` if it has ended or belongs to another node. */
  async take(runId: string): Promise<TakenRun | undefined> {
    const [row] = await this.database.rows<{
      spec: RunSpec
      stream: boolean | null
      cancel_requested: boolean
      attempts: number
      created_at: number
      started_at: number
      elapsed: number
    }>(
      `UPDATE litellm_agents.runs r SET status = 'running', doing = 'started',
         started_at = coalesce(started_at, now()), attempts = attempts + 1, approvals = NULL,
         ${waitedSoFar}, waiting_since = NULL
       WHERE run_id = $1 AND ended_at IS NULL AND ${this.owned}
       RETURNING spec, stream, cancel_requested, attempts,
         (extract(epoch from created_at) * 1000)::float8 AS created_at,
         (extract(epoch from started_at) * 1000)::float8 AS started_at,
         (extract(epoch from now() - started_at - waited) * 1000)::float8 AS elapsed`,
      [runId, this.options.executorId],
    )
    if (!row) return undefined
    this.notifications.send(runTopic(runId), runNotice('running', 'started'))
    return {
      spec: row.spec,
      stream: row.stream ?? undefined,
      cancelRequested: row.cancel_requested,
      attempts: row.attempts,
      createdAt: Math.round(row.created_at),
      startedAt: Math.round(row.started_at),
      elapsedMs: row.elapsed,
    }
  }

  async report(
    runId: string,
    { status, activity, approvals, progress, news }: RunNews,
  ): Promise<void> {
    const waiting = status === 'waiting'
    await this.database.rows(
      `WITH reported AS (
         UPDATE litellm_agents.runs r SET status = $2, doing = $3, progress = $4, approvals = $5,
           ${waiting ? 'waiting_since = coalesce(waiting_since, now())' : `${waitedSoFar}, waiting_since = NULL`}
         WHERE run_id = $1 AND ended_at IS NULL RETURNING run_id)
       ${insertMessages('reported', '$6', '$7')}`,
      [
        runId,
        status,
        activity,
        JSON.stringify(progress),
        approvals && JSON.stringify(approvals),
        news.position,
        news.messages.map((message) => JSON.stringify(message)),
      ],
    )
    this.notifications.send(runTopic(runId), runNotice(status, activity))
  }

  /** Returns the steps of a child agent in a tool call. */
  childSteps(runId: string, place: string): RunStep {
    const { executorId } = this.options
    return childSteps(this.database, { owned: this.owned, executorId }, runId, place)
  }

  /**
   * Writes the outcome of a run, and logs its spending. Returns its end times; `undefined` if
   * another node owns the run. The caller announces the end.
   */
  async finish(
    runId: string,
    spec: RunSpec,
    { status, progress, outcome, keepSeconds }: RunEnd,
    news: NewMessages,
  ): Promise<EndTimes | undefined> {
    const { usage, metrics } = progress
    const [ended] = await this.database.rows<{ ended_at: number; expires_at: number }>(
      // A node that takes the workflow over waits for the row lock of "owner".
      `WITH owner AS (
         SELECT FROM ${this.options.workflowTable} WHERE workflow_uuid = $1
           AND status = 'PENDING' AND executor_id = $2 FOR NO KEY UPDATE),
       ended AS (
         UPDATE litellm_agents.runs SET status = $3, doing = $3, progress = $4, outcome = $5,
           approvals = NULL, ended_at = now(), expires_at = now() + make_interval(secs => $6),
           figures = $7
         WHERE run_id = $1 AND ended_at IS NULL AND EXISTS (SELECT FROM owner)
         RETURNING run_id, principal, held_tokens, held_usd, ended_at, expires_at),
       said AS (${insertMessages('ended', '$8', '$9')}),
       used AS (${insertUsage('ended', '$10')}),
       spent AS (${insertSpending('ended', '$11', '$12')})
       SELECT (extract(epoch from ended_at) * 1000)::float8 AS ended_at,
         (extract(epoch from expires_at) * 1000)::float8 AS expires_at FROM ended`,
      [
        runId,
        this.options.executorId,
        status,
        JSON.stringify(progress),
        JSON.stringify(outcome),
        keepSeconds,
        JSON.stringify(runFigures(spec, usage, metrics, outcome)),
        news.position,
        news.messages.map((message) => JSON.stringify(message)),
        usageEntries(spec.agent, metrics),
        usage?.totalTokens ?? null,
        metrics.costUsd,
      ],
    )
    return ended && { endedAt: Math.round(ended.ended_at), expiresAt: Math.round(ended.expires_at) }
  }

  /** Tells all nodes that a run has ended. */
  announceEnd(runId: string): void {
    this.notifications.send(runTopic(runId))
  }

  /** Ends a queued run. Returns false if a node has started it. */
  async endQueued(
    runId: string,
    { progress, outcome, status, keepSeconds }: RunEnd,
  ): Promise<boolean> {
    const ended = await this.database.rows(
      `UPDATE litellm_agents.runs SET status = $2, doing = $2, progress = $3, outcome = $4, cancel_requested = true,
         ended_at = now(), expires_at = now() + make_interval(secs => $5), figures = $6
       WHERE run_id = $1 AND status = 'queued' RETURNING run_id`,
      [
        runId,
        status,
        JSON.stringify(progress),
        JSON.stringify(outcome),
        keepSeconds,
        // The run spent nothing.
        JSON.stringify(
          runFigures({ agent: '', modelId: '' }, progress.usage, progress.metrics, outcome),
        ),
      ],
    )
    this.notifications.send(runTopic(runId))
    return ended.length > 0
  }

  async requestCancel(runId: string, principal: string): Promise<void> {
    await this.database.rows(
      `UPDATE litellm_agents.runs SET cancel_requested = true
       WHERE run_id = $1 AND principal = $2 AND ended_at IS NULL`,
      [runId, principal],
    )
    this.notifications.send(cancelTopic(runId))
  }

  /** Returns the runs for which a cancel was requested. */
  async cancelRequested(runIds: readonly string[]): Promise<string[]> {
    const rows = await this.database.rows<{ run_id: string }>(
      'SELECT run_id FROM litellm_agents.runs WHERE run_id = ANY($1) AND cancel_requested',
      [runIds],
    )
    return rows.map(({ run_id }) => run_id)
  }
}

/** SQL: the total time that a run waited for approval. */
const waitedSoFar = "waited = r.waited + coalesce(now() - r.waiting_since, '0')"

export const runTopic = (runId: string) => `run:${runId}`

/** What a notice tells of a run that goes on. */
export interface RunNotice {
  readonly status: RunStatus
  readonly activity: string
}

/** Returns the content of a notice. Waits for approval and ends are not in it: they are read. */
function runNotice(status: RunStatus, activity: string): string | undefined {
  return status === 'running' ? JSON.stringify({ status, activity } satisfies RunNotice) : undefined
}

export const cancelTopic = (runId: string) => `cancel:${runId}`
