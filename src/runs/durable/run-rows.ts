import { MetricsRecorder } from '../../agent/metrics/recorder.js'
import type { Metrics } from '../../agent/metrics/types.js'
import { noUsage, type Usage } from '../../agent/metrics/usage.js'
import type {
  PendingApproval,
  RunOutcome,
  RunRecord,
  RunStatus,
  RunSummary,
  TimelineStep,
} from '../engine.js'

import type { RunSpec } from '../spec.js'

/** Holds the text and spending of a run so far. */
export interface RunProgress {
  text: string
  usage: Usage | null
  metrics: Metrics
  steps?: readonly TimelineStep[]
}

/** Holds a row for a list. Times are milliseconds since 1970. */
export interface SummaryRow {
  run_id: string
  principal: string
  tool: RunSpec['tool']
  agent: string
  model_id: string
  session_id: string | null
  status: RunStatus
  doing: string
  approvals: PendingApproval[] | null
  /** The ids of the calls that a person has decided on, if the run waits. */
  decided: string[] | null
  created_at: number
  started_at: number | null
  ended_at: number | null
  expires_at: number | null
  /** The number of runs ahead of a queued run. */
  ahead: number | null
}

export interface RecordRow extends SummaryRow {
  progress: RunProgress | null
  outcome: RunOutcome | null
}

const milliseconds = (column: string) =>
  `(extract(epoch from r.${column}) * 1000)::float8 AS ${column}`

export const summaryColumns = `r.run_id, r.principal, r.tool, r.agent, r.model_id, r.session_id,
  r.status, r.doing, r.approvals,
  CASE WHEN r.status = 'waiting' THEN
    (SELECT array_agg(d.tool_use_id) FROM litellm_agents.run_decisions d WHERE d.run_id = r.run_id)
  END AS decided,
  ${['created_at', 'started_at', 'ended_at', 'expires_at'].map(milliseconds).join(', ')},
  CASE WHEN r.status = 'queued' THEN
    (SELECT count(*)::int FROM litellm_agents.runs o WHERE o.status = 'queued' AND o.created_at < r.created_at)
  END AS ahead`

export const recordColumns = `${summaryColumns}, r.progress, r.outcome`

export function summaryOf(row: SummaryRow): RunSummary {
  const { session_id, started_at, ended_at, expires_at, decided } = row
  // The run's node has not read the decisions on these calls yet.
  const approvals = row.approvals?.filter(({ toolUseId }) => !decided?.includes(toolUseId)) ?? []
  const goesOn = row.status === 'waiting' && approvals.length === 0
  return {
    runId: row.run_id,
    principal: row.principal,
    tool: row.tool,
    agent: row.agent,
    modelId: row.model_id,
    ...(session_id !== null && { sessionId: session_id }),
    status: goesOn ? 'running' : row.status,
    activity: goesOn
      ? 'continuing'
      : row.ahead === null
        ? row.doing
        : `queued, ${row.ahead} before it`,
    createdAt: Math.round(row.created_at),
    ...(started_at !== null && { startedAt: Math.round(started_at) }),
    ...(ended_at !== null && { endedAt: Math.round(ended_at) }),
    ...(expires_at !== null && { expiresAt: Math.round(expires_at) }),
    ...(approvals.length > 0 && { approvals }),
  }
}

export function recordOf(row: RecordRow): RunRecord {
  const { outcome } = row
  const progress = row.progress ?? noProgress()
  return { ...summaryOf(row), ...progress, ...(outcome && { outcome }) }
}

/** Returns the part of a record that is stored in one column. */
export function progressOf({
  text,
  usage,
  metrics,
  steps = [],
}: Pick<RunRecord, keyof RunProgress>): RunProgress {
  return { text, usage, metrics, steps }
}

export function noProgress(): RunProgress {
  const metrics = { ...new MetricsRecorder([]).snapshot(), latencyMs: 0 }
  return { text: '', usage: noUsage, metrics }
}
