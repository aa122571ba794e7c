import type { Metrics } from '../../agent/metrics/types.js'
import { noUsage } from '../../agent/metrics/usage.js'
import { spendingRows } from '../history/spending-rows.js'
import type { UsageSource, UsageTotal } from '../history/usage-totals.js'
import type { Queryable } from '../postgres/queryable.js'

export const today = "(now() AT TIME ZONE 'UTC')::date"

const maxTotals = 10_000
/** Limits how many log entries one roll-up adds to the totals. */
const maxRolledUp = 10_000

const counts = [
  'runs',
  'cycles',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cache_read_input_tokens',
  'cache_write_input_tokens',
  'reasoning_tokens',
  'cost_usd',
  'unknown_usage',
  'unknown_cost',
] as const

type Count = (typeof counts)[number]

const typeOf = (count: Count) => (count === 'cost_usd' ? 'double precision' : 'bigint')
const sums = counts.map((count) => `sum(${count})::${typeOf(count)} AS ${count}`).join(', ')
const added = counts.map((count) => `${count} = t.${count} + excluded.${count}`).join(', ')

/** Returns the totals of all nodes since the first run: the rolled-up totals, and the log. */
export function postgresUsage(database: Queryable): UsageSource {
  return {
    of: async (principal) => {
      const rows = await database.rows<TotalRow>(
        `SELECT to_char(day, 'YYYY-MM-DD') AS day, agent, model_id, ${sums} FROM (
           SELECT day, agent, model_id, ${counts.join(', ')} FROM litellm_agents.usage_totals
           WHERE principal = $1
           UNION ALL
           SELECT day, agent, model_id, ${counts.join(', ')} FROM litellm_agents.usage_log
           WHERE principal = $1) AS parts
         GROUP BY parts.day, agent, model_id
         ORDER BY parts.day DESC, agent, model_id LIMIT ${maxTotals}`,
        [principal],
      )
      return rows.map(totalOf)
    },
  }
}

/**
 * SQL that logs what a run used. `run` is a table with the run's `principal`; `rows` is the parameter
 * with the result of `usageEntries`.
 */
export function insertUsage(run: string, rows: string): string {
  const columns = counts.map((count) => `${count} ${typeOf(count)}`).join(', ')
  return `INSERT INTO litellm_agents.usage_log (day, principal, agent, model_id, ${counts.join(', ')})
    SELECT ${today}, ${run}.principal, used.* FROM ${run},
      json_to_recordset(${rows}::json) AS used (agent text, model_id text, ${columns})`
}

/** Returns the usage and cost of a run and its child agents, as JSON for `insertUsage`. */
export function usageEntries(agent: string, metrics: Metrics): string {
  const entries = spendingRows(agent, metrics).map(
    ({ costUsd, cycles, knownCostUsd, modelId, runs, ...row }) => {
      const usage = row.usage ?? noUsage
      const counted: Record<Count, number> = {
        runs,
        cycles,
        input_tokens: usage.inputTokens,
        output_tokens: usage.outputTokens,
        total_tokens: usage.totalTokens,
        cache_read_input_tokens: usage.cacheReadInputTokens ?? 0,
        cache_write_input_tokens: usage.cacheWriteInputTokens ?? 0,
        reasoning_tokens: usage.reasoningTokens ?? 0,
        cost_usd: knownCostUsd,
        unknown_usage: row.usage === null ? cycles : 0,
        unknown_cost: costUsd === null ? cycles : 0,
      }
      return { agent: row.agent, model_id: modelId, ...counted }
    },
  )
  return JSON.stringify(entries)
}

/**
 * Adds log entries to the totals. Several nodes can do this at the same time, because each takes
 * different entries.
 */
export async function rollUpSpending(database: Queryable): Promise<void> {
  const groups = 'day, principal, agent, model_id'
  // The order is the same on every node, so that no two nodes wait for each other.
  await database.rows(
    `WITH moved AS (${takenFrom('usage_log')})
     INSERT INTO litellm_agents.usage_totals AS t (${groups}, ${counts.join(', ')})
     SELECT ${groups}, ${sums} FROM moved GROUP BY ${groups} ORDER BY ${groups}
     ON CONFLICT (${groups}) DO UPDATE SET ${added}`,
  )
  await database.rows(
    `WITH moved AS (${takenFrom('spending_log')})
     INSERT INTO litellm_agents.day_spending AS d (day, principal, tokens, usd)
     SELECT day, principal, sum(tokens)::bigint, sum(usd) FROM moved GROUP BY 1, 2 ORDER BY 1, 2
     ON CONFLICT (day, principal) DO UPDATE
     SET tokens = d.tokens + excluded.tokens, usd = d.usd + excluded.usd`,
  )
}

function takenFrom(log: string): string {
  return `DELETE FROM litellm_agents.${log} WHERE entry IN (
    SELECT entry FROM litellm_agents.${log} ORDER BY entry LIMIT ${maxRolledUp}
    FOR UPDATE SKIP LOCKED) RETURNING *`
}

/** The driver returns a bigint as text. */
type TotalRow = Record<Exclude<Count, 'cost_usd'>, string> & {
  day: string
  agent: string
  model_id: string
  cost_usd: number
}

function totalOf(row: TotalRow): UsageTotal {
  const usage = {
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
    totalTokens: Number(row.total_tokens),
    cacheReadInputTokens: Number(row.cache_read_input_tokens),
    cacheWriteInputTokens: Number(row.cache_write_input_tokens),
    reasoningTokens: Number(row.reasoning_tokens),
  }
  return {
    day: row.day,
    modelId: row.model_id,
    agent: row.agent,
    runs: Number(row.runs),
    modelCalls: Number(row.cycles),
    usage: row.unknown_usage === row.cycles ? null : usage,
    costUsd: row.unknown_cost === '0' ? row.cost_usd : null,
    knownCostUsd: row.cost_usd,
  }
}
