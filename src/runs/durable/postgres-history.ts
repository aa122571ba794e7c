import {
  maxPastRuns,
  type PastRun,
  type RunFigures,
  type RunHistory,
} from '../history/run-history.js'
import type { Queryable } from '../postgres/queryable.js'

/** Returns the ended runs of all nodes while their results are kept. */
export function postgresHistory(database: Queryable): RunHistory {
  return {
    of: async (principal) => {
      const rows = await database.rows<PastRow>(
        `SELECT run_id, agent, model_id, status, figures, ${milliseconds('created_at')}, ${milliseconds('ended_at')}
         FROM litellm_agents.runs r WHERE principal = $1 AND figures IS NOT NULL AND expires_at > now()
         ORDER BY r.ended_at DESC LIMIT ${maxPastRuns}`,
        [principal],
      )
      return rows.map((row) => pastRun(principal, row))
    },
    principals: async () => {
      const rows = await database.rows<{ principal: string }>(
        'SELECT DISTINCT principal FROM litellm_agents.usage_totals UNION SELECT DISTINCT principal FROM litellm_agents.runs',
      )
      return rows.map(({ principal }) => principal)
    },
  }
}

interface PastRow {
  run_id: string
  agent: string
  model_id: string
  status: PastRun['status']
  figures: RunFigures
  created_at: number
  ended_at: number
}

function pastRun(principal: string, row: PastRow): PastRun {
  return {
    runId: row.run_id,
    principal,
    agent: row.agent,
    modelId: row.model_id,
    status: row.status,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    ...row.figures,
  }
}

const milliseconds = (column: string) =>
  `round(extract(epoch from ${column}) * 1000)::float8 AS ${column}`
