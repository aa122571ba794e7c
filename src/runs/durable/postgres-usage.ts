import type { Metrics } from '../../agent/metrics/types.js'
import { noUsage } from '../../agent/metrics/usage.js'
import { type SpendingRow, spendingRows } from '../history/spending-rows.js'
import type { UsageSource, UsageTotal } from '../history/usage-totals.js'
import type { Queryable } from '../postgres/queryable.js'

import type { RunSpec } from '../spec.js'

export const today = "(now() AT TIME ZONE 'UTC')::date"

/** Totals of all nodes, from the first run on. */
export function postgresUsage(database: Queryable): UsageSource {
  return {
    of: async (principal) => {
      const rows = await database.rows<TotalRow>(
        `SELECT *, to_char(day, 'YYYY-MM-DD') AS day FROM usage_totals WHERE principal = $1
         ORDER BY usage_totals.day DESC, agent, model_id LIMIT ${maxTotals}`,
        [principal],
      )
      return rows.map(totalOf)
    },
  }
}

const maxTotals = 10_000

/** Adds what a run and the agents below it used and cost to the totals of the day. */
export async function addUsage(
  client: Queryable,
  { principal, agent }: RunSpec,
  metrics: Metrics,
): Promise<void> {
  // In one order on every node, so that no two of them wait for each other.
  const place = ({ agent, modelId }: SpendingRow) => JSON.stringify([agent, modelId])
  const rows = spendingRows(agent, metrics).sort((one, other) =>
    place(one) < place(other) ? -1 : 1,
  )
  for (const { costUsd, cycles, knownCostUsd, modelId, runs, ...row } of rows) {
    const usage = row.usage ?? noUsage
    await client.rows(
      `INSERT INTO usage_totals AS t (day, principal, agent, model_id, ${counted.join(', ')})
       VALUES (${today}, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
       ON CONFLICT (day, principal, agent, model_id) DO UPDATE SET ${added}`,
      [
        principal,
        row.agent,
        modelId,
        runs,
        cycles,
        usage.inputTokens,
        usage.outputTokens,
        usage.totalTokens,
        usage.cacheReadInputTokens ?? 0,
        usage.cacheWriteInputTokens ?? 0,
        usage.reasoningTokens ?? 0,
        knownCostUsd,
        row.usage === null ? cycles : 0,
        costUsd === null ? cycles : 0,
      ],
    )
  }
}

type Count = 'runs' | 'cycles' | 'unknown_usage' | 'unknown_cost' | `${string}_tokens`

/** A bigint comes as a text. */
type TotalRow = Record<Count, string> & {
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

const counted = [
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
]
const added = counted.map((column) => `${column} = t.${column} + excluded.${column}`).join(', ')
