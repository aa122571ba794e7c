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

/** What a run has said and spent so far. */
export interface RunProgress {
  text: string
  usage: Usage | null
  metrics: Metrics
  steps?: readonly TimelineStep[]
}

/** A row as a list needs it: times in milliseconds since 1970. */
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
  created_at: number
  started_at: number | null
  ended_at: number | null
  expires_at: number | null
  /** Of a queued run: how many come before it. */
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
  ${['created_at', 'started_at', 'ended_at', 'expires_at'].map(milliseconds).join(', ')},
  CASE WHEN r.status = 'queued' THEN
    (SELECT count(*)::int FROM runs o WHERE o.status = 'queued' AND o.created_at < r.created_at)
  END AS ahead`

export const recordColumns = `${summaryColumns}, r.progress, r.outcome`

export function summaryOf(row: SummaryRow): RunSummary {
  const { session_id, started_at, ended_at, expires_at, approvals } = row
  return {
    runId: row.run_id,
    principal: row.principal,
    tool: row.tool,
    agent: row.agent,
    modelId: row.model_id,
    ...(session_id !== null && { sessionId: session_id }),
    status: row.status,
    activity: row.ahead === null ? row.doing : `queued, ${row.ahead} before it`,
    createdAt: Math.round(row.created_at),
    ...(started_at !== null && { startedAt: Math.round(started_at) }),
    ...(ended_at !== null && { endedAt: Math.round(ended_at) }),
    ...(expires_at !== null && { expiresAt: Math.round(expires_at) }),
    ...(approvals && approvals.length > 0 && { approvals }),
  }
}

export function recordOf(row: RecordRow): RunRecord {
  const { outcome } = row
  const progress = row.progress ?? noProgress()
  return { ...summaryOf(row), ...progress, ...(outcome && { outcome }) }
}

/** The part of a record that is kept as one. */
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
