import { queueFull } from '../engine-errors.js'
import type { Queryable } from '../postgres/queryable.js'

import { amountsToHold, type DayAmounts, withinHeld } from '../quotas/day-budget.js'
import type { RunAllowance } from '../quotas/quotas.js'
import type { RunSpec } from '../spec.js'
import { today } from './postgres-usage.js'

/** What a run that is let in may spend, and holds of its principal's day until it ends. */
export interface Admitted {
  readonly spec: RunSpec
  readonly held: Partial<DayAmounts>
}

/**
 * Lets a run in, inside the transaction that adds it: within what may wait, and what its principal may
 * have on all nodes together. Fails with `rateLimit` or `budgetExceeded`.
 */
export async function admitted(
  client: Queryable,
  spec: RunSpec,
  allowance: RunAllowance,
  maxQueued: number,
): Promise<Admitted> {
  await checkQueue(client, maxQueued)
  const { maxConcurrentRuns, tokensPerDay, usdPerDay } = allowance
  if (maxConcurrentRuns === undefined && tokensPerDay === undefined && usdPerDay === undefined)
    return { spec, held: {} }
  // Runs of one principal are let in one after the other.
  await client.rows('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [spec.principal])
  const account = await accountOf(client, spec.principal)
  const held = amountsToHold(account, spec.limits, allowance, Date.now())
  return { spec: { ...spec, limits: withinHeld(spec.limits, held) }, held }
}

/** Counts what a run spent for its principal's day; what nobody can tell is all that was held. */
export async function addSpending(
  client: Queryable,
  runId: string,
  { tokens, usd }: { tokens: number | null; usd: number | null },
): Promise<void> {
  await client.rows(
    `INSERT INTO day_spending AS d (day, principal, tokens, usd)
     SELECT ${today}, principal, coalesce($2, held_tokens, 0), coalesce($3, held_usd, 0)
     FROM runs WHERE run_id = $1
     ON CONFLICT (day, principal) DO UPDATE
     SET tokens = d.tokens + excluded.tokens, usd = d.usd + excluded.usd`,
    [runId, tokens, usd],
  )
}

async function checkQueue(client: Queryable, maxQueued: number): Promise<void> {
  const [row] = await client.rows<{ queued: number }>(
    "SELECT count(*)::int AS queued FROM runs WHERE ended_at IS NULL AND status = 'queued'",
  )
  const queued = row?.queued ?? 0
  if (queued >= maxQueued) throw queueFull(queued)
}

async function accountOf(client: Queryable, principal: string) {
  const [working] = await client.rows<{ runs: number; tokens: number; usd: number }>(
    `SELECT count(*)::int AS runs, coalesce(sum(held_tokens), 0)::float8 AS tokens,
       coalesce(sum(held_usd), 0) AS usd
     FROM runs WHERE principal = $1 AND ended_at IS NULL`,
    [principal],
  )
  const [spent] = await client.rows<{ tokens: number; usd: number }>(
    `SELECT tokens::float8 AS tokens, usd FROM day_spending WHERE principal = $1 AND day = ${today}`,
    [principal],
  )
  return {
    runs: working?.runs ?? 0,
    held: { tokens: working?.tokens ?? 0, usd: working?.usd ?? 0 },
    spent: { tokens: spent?.tokens ?? 0, usd: spent?.usd ?? 0 },
  }
}
