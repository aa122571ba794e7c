import type { Message } from '../../agent/messages/content.js'
import type { PendingApproval, RunOutcome, RunStatus, StartOptions } from '../engine.js'
import { runFigures } from '../history/run-history.js'
import { notify } from '../postgres/notifications.js'
import type { Database, Queryable } from '../postgres/queryable.js'
import type { RunAllowance } from '../quotas/quotas.js'
import type { RunSpec } from '../spec.js'
import { addSpending, admitted } from './admission.js'
import { childSteps } from './child-steps.js'
import { Decisions } from './decisions.js'
import { addUsage } from './postgres-usage.js'
import { RunReads, unexpired } from './run-reads.js'
import type { RunProgress } from './run-rows.js'
import type { RunStep } from './step-log.js'

/** A run as the node that takes it on needs it. */
export interface TakenRun {
  readonly spec: RunSpec
  readonly stream: boolean | undefined
  readonly cancelRequested: boolean
  /** How often nodes have taken it on, this time included. */
  readonly attempts: number
  /** Since it first began, in milliseconds. */
  readonly elapsedMs: number
}

export interface RunEnd {
  readonly status: RunStatus
  readonly progress: RunProgress
  readonly outcome: RunOutcome
  readonly keepSeconds: number
}

/** Messages that come after those the store has, and the place of the first of them. */
export interface NewMessages {
  readonly messages: readonly Message[]
  readonly position: number
}

/** How a run stands. */
export interface RunNews {
  readonly status: RunStatus
  readonly activity: string
  readonly approvals: readonly PendingApproval[] | undefined
  readonly progress: RunProgress
  readonly news: NewMessages
}

/** What there is of a run with a certain idempotency key. */
export interface KeyedRun {
  readonly runId: string
  readonly argumentsDigest: string
}

/**
 * Runs as rows that all nodes share. A run is written by the node that owns its workflow and by no
 * other: `owned` is part of each such statement.
 */
export class RunStore {
  readonly reads: RunReads
  readonly decisions: Decisions
  private readonly owned: string

  constructor(
    private readonly database: Database,
    private readonly options: {
      version: string
      executorId: string
      workflowTable: string
      maxQueued: number
    },
  ) {
    this.reads = new RunReads(database)
    this.decisions = new Decisions(database)
    this.owned = `EXISTS (SELECT FROM ${options.workflowTable} w WHERE w.workflow_uuid = r.run_id
      AND w.status = 'PENDING' AND w.executor_id = $2)`
  }

  /** Adds a run, or finds the one that has its idempotency key already. Fails where it is not let in. */
  async add(
    runId: string,
    wanted: RunSpec,
    { idempotency, stream }: StartOptions,
    allowance: RunAllowance,
  ): Promise<KeyedRun | undefined> {
    const { maxQueued, version } = this.options
    const key = idempotency?.key ?? null
    return this.database.transaction(async (client) => {
      const found = key === null ? undefined : await runWithKey(client, wanted.principal, key)
      if (found) return found
      const { spec, held } = await admitted(client, wanted, allowance, maxQueued)
      const added = await client.rows(
        `INSERT INTO runs (run_id, principal, tool, agent, model_id, session_id, spec, stream,
           version, idempotency_key, arguments_digest, held_tokens, held_usd)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT DO NOTHING RETURNING run_id`,
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
          key,
          idempotency?.argumentsDigest ?? null,
          held.tokens ?? null,
          held.usd ?? null,
        ],
      )
      // Somebody else was faster by a moment.
      return added.length === 0 && key !== null
        ? runWithKey(client, spec.principal, key)
        : undefined
    })
  }

  /** Takes a run on; `undefined` where it has ended or belongs to another node. */
  async take(runId: string): Promise<TakenRun | undefined> {
    const [row] = await this.database.rows<{
      spec: RunSpec
      stream: boolean | null
      cancel_requested: boolean
      attempts: number
      elapsed: number
    }>(
      `UPDATE runs r SET status = 'running', doing = 'started', started_at = coalesce(started_at, now()),
         attempts = attempts + 1, approvals = NULL, ${waitedSoFar}, waiting_since = NULL
       WHERE run_id = $1 AND ended_at IS NULL AND ${this.owned}
       RETURNING spec, stream, cancel_requested, attempts,
         (extract(epoch from now() - started_at - waited) * 1000)::float8 AS elapsed`,
      [runId, this.options.executorId],
    )
    if (!row) return undefined
    await notify(this.database, runTopic(runId))
    return {
      spec: row.spec,
      stream: row.stream ?? undefined,
      cancelRequested: row.cancel_requested,
      attempts: row.attempts,
      elapsedMs: row.elapsed,
    }
  }

  async report(
    runId: string,
    { status, activity, approvals, progress, news }: RunNews,
  ): Promise<void> {
    const waiting = status === 'waiting'
    await this.database.rows(
      `UPDATE runs r SET status = $2, doing = $3, progress = $4, approvals = $5,
         ${waiting ? 'waiting_since = coalesce(waiting_since, now())' : `${waitedSoFar}, waiting_since = NULL`}
       WHERE run_id = $1 AND ended_at IS NULL`,
      [runId, status, activity, JSON.stringify(progress), approvals && JSON.stringify(approvals)],
    )
    await addMessages(this.database, runId, news)
    await notify(this.database, runTopic(runId))
  }

  /** The steps of an agent that works in a tool call. */
  childSteps(runId: string, place: string): RunStep {
    const { executorId } = this.options
    return childSteps(this.database, { owned: this.owned, executorId }, runId, place)
  }

  /** Writes how a run ended, and adds up what it spent; `false`: it was not this node's to end. */
  async finish(
    runId: string,
    spec: RunSpec,
    { status, progress, outcome, keepSeconds }: RunEnd,
    news: NewMessages,
  ): Promise<boolean> {
    return this.database.transaction(async (client) => {
      // Whoever takes the workflow over waits for this.
      await client.rows(
        `SELECT FROM ${this.options.workflowTable} WHERE workflow_uuid = $1 FOR NO KEY UPDATE`,
        [runId],
      )
      const ended = await client.rows(
        `UPDATE runs r SET status = $3, doing = $3, progress = $4, outcome = $5, approvals = NULL,
           ended_at = now(), expires_at = now() + make_interval(secs => $6), figures = $7
         WHERE run_id = $1 AND ended_at IS NULL AND ${this.owned} RETURNING run_id`,
        [
          runId,
          this.options.executorId,
          status,
          JSON.stringify(progress),
          JSON.stringify(outcome),
          keepSeconds,
          JSON.stringify(runFigures(spec, progress.usage, progress.metrics, outcome)),
        ],
      )
      if (ended.length === 0) return false
      await addMessages(client, runId, news)
      const { usage, metrics } = progress
      await addUsage(client, spec, metrics)
      const tokens = usage?.totalTokens ?? null
      await addSpending(client, runId, { tokens, usd: metrics.costUsd })
      await notify(client, runTopic(runId))
      return true
    })
  }

  /** Ends a run that no node has begun; `false`: one has. */
  async endQueued(
    runId: string,
    { progress, outcome, status, keepSeconds }: RunEnd,
  ): Promise<boolean> {
    const ended = await this.database.rows(
      `UPDATE runs SET status = $2, doing = $2, progress = $3, outcome = $4, cancel_requested = true,
         ended_at = now(), expires_at = now() + make_interval(secs => $5), figures = $6
       WHERE run_id = $1 AND status = 'queued' RETURNING run_id`,
      [
        runId,
        status,
        JSON.stringify(progress),
        JSON.stringify(outcome),
        keepSeconds,
        // Nothing was spent, by no agent on no model.
        JSON.stringify(
          runFigures({ agent: '', modelId: '' }, progress.usage, progress.metrics, outcome),
        ),
      ],
    )
    await notify(this.database, runTopic(runId))
    return ended.length > 0
  }

  async requestCancel(runId: string, principal: string): Promise<void> {
    await this.database.rows(
      `UPDATE runs SET cancel_requested = true
       WHERE run_id = $1 AND principal = $2 AND ended_at IS NULL`,
      [runId, principal],
    )
    await notify(this.database, cancelTopic(runId))
  }

  /** Those of the runs that somebody wants to be stopped. */
  async cancelRequested(runIds: readonly string[]): Promise<string[]> {
    const rows = await this.database.rows<{ run_id: string }>(
      'SELECT run_id FROM runs WHERE run_id = ANY($1) AND cancel_requested',
      [runIds],
    )
    return rows.map(({ run_id }) => run_id)
  }
}

/** Of the values before the statement. */
const waitedSoFar = "waited = r.waited + coalesce(now() - r.waiting_since, '0')"

export const runTopic = (runId: string) => `run:${runId}`
export const cancelTopic = (runId: string) => `cancel:${runId}`

/** The run that has a key. One that is gone has it no longer: the index would keep it from the next. */
async function runWithKey(
  client: Queryable,
  principal: string,
  key: string,
): Promise<KeyedRun | undefined> {
  const [found] = await client.rows<{ run_id: string; arguments_digest: string }>(
    `WITH freed AS (
       UPDATE runs r SET idempotency_key = NULL
       WHERE principal = $1 AND idempotency_key = $2 AND NOT cancel_requested AND NOT ${unexpired}
     )
     SELECT run_id, arguments_digest FROM runs r
     WHERE principal = $1 AND idempotency_key = $2 AND NOT cancel_requested AND ${unexpired}`,
    [principal, key],
  )
  return found && { runId: found.run_id, argumentsDigest: found.arguments_digest }
}

/** A run that is resumed says again what it has said: that is known already. */
async function addMessages(
  client: Queryable,
  runId: string,
  { messages, position }: NewMessages,
): Promise<void> {
  if (messages.length === 0) return
  await client.rows(
    `INSERT INTO run_messages (run_id, position, message)
     SELECT $1, $2 + ordinality - 1, message::json
     FROM unnest($3::text[]) WITH ORDINALITY AS given (message, ordinality)
     ON CONFLICT DO NOTHING`,
    [runId, position, messages.map((message) => JSON.stringify(message))],
  )
}
