import { queueFull } from '../engine-errors.js'
import type { Queryable } from '../postgres/queryable.js'
import { amountsToHold, type DayAmounts, withinHeld } from '../quotas/day-budget.js'
import { promptTokens } from '../quotas/prompt-tokens.js'
import type { RunAllowance } from '../quotas/quotas.js'
import type { RunSpec } from '../spec.js'
import { today } from './postgres-usage.js'

/** Holds a run that may start, and what it reserves of its principal's day until it ends. */
export interface Admitted {
  readonly spec: RunSpec
  readonly held: Partial<DayAmounts>
}

/** Returns whether an allowance has any quota. */
export function hasQuota({ maxConcurrentRuns, tokensPerDay, usdPerDay }: RunAllowance): boolean {
  return maxConcurrentRuns !== undefined || tokensPerDay !== undefined || usdPerDay !== undefined
}

/**
 * Admits a run inside the transaction that adds it, within its principal's quotas over all nodes.
 * Fails with `rateLimit` or `budgetExceeded`.
 */
export async function admitted(
  client: Queryable,
  spec: RunSpec,
  allowance: RunAllowance,
): Promise<Admitted> {
  if (!hasQuota(allowance)) return { spec, held: {} }
  // Runs of one principal are admitted one after the other.
  await client.rows('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [spec.principal])
  const account = await accountOf(client, spec.principal)
  const held = amountsToHold(account, spec.limits, allowance, {
    now: Date.now(),
    promptTokens: promptTokens(spec),
  })
  return { spec: { ...spec, limits: withinHeld(spec.limits, held) }, held }
}

/**
 * SQL that logs what a run spent, for its principal's day. `run` is a table with `principal`,
 * `held_tokens` and `held_usd`. An unknown amount counts as the amount that was reserved.
 */
export function insertSpending(run: string, tokens: string, usd: string): string {
  return `INSERT INTO litellm_agents.spending_log (day, principal, tokens, usd)
    SELECT ${today}, principal, coalesce(${tokens}, held_tokens, 0), coalesce(${usd}, held_usd, 0)
    FROM ${run}`
}

/** SQL: how many runs are queued. */
export const queuedRuns =
  "(SELECT count(*)::int FROM litellm_agents.runs WHERE ended_at IS NULL AND status = 'queued')"

/** SQL: whether a principal has no queued run. The first one of each is queued even if the queue is full. */
export function noneQueuedOf(principal: string): string {
  return `NOT EXISTS (SELECT FROM litellm_agents.runs
    WHERE ended_at IS NULL AND status = 'queued' AND principal = ${principal})`
}

/** Returns the error for a run that was refused because the queue is full. */
export async function queueFullError(client: Queryable): Promise<Error> {
  const [row] = await client.rows<{ queued: number }>(`SELECT ${queuedRuns} AS queued`)
  return queueFull(row?.queued ?? 0)
}

async function accountOf(client: Queryable, principal: string) {
  const [account] = await client.rows<{
    runs: number
    held_tokens: number
    held_usd: number
    tokens: number
    usd: number
  }>(
    `SELECT held.*, spent.* FROM
       (SELECT count(*)::int AS runs, coalesce(sum(held_tokens), 0)::float8 AS held_tokens,
          coalesce(sum(held_usd), 0) AS held_usd
        FROM litellm_agents.runs WHERE principal = $1 AND ended_at IS NULL) AS held,
       (SELECT coalesce(sum(tokens), 0)::float8 AS tokens, coalesce(sum(usd), 0) AS usd FROM (
          SELECT tokens, usd FROM litellm_agents.day_spending
          WHERE principal = $1 AND day = ${today}
          UNION ALL
          SELECT tokens, usd FROM litellm_agents.spending_log
          WHERE principal = $1 AND day = ${today}) AS parts) AS spent`,
    [principal],
  )
  return {
    runs: account?.runs ?? 0,
    held: { tokens: account?.held_tokens ?? 0, usd: account?.held_usd ?? 0 },
    spent: { tokens: account?.tokens ?? 0, usd: account?.usd ?? 0 },
  }
}
