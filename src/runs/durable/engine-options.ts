import type { RunRecord } from '../engine.js'
import type { Notifications } from '../postgres/notifications.js'
import type { PostgresSessions } from '../postgres/postgres-sessions.js'
import type { Database } from '../postgres/queryable.js'
import type { RunAllowance } from '../quotas/quotas.js'
import type { BuildRun } from '../spec.js'

export interface DurableEngineOptions {
  databaseUrl: string
  database: Database
  notifications: Notifications
  sessions: PostgresSessions
  /** True if a connection pooler is between this server and PostgreSQL. */
  pooled: boolean
  buildRun: BuildRun
  /** The version of the program: runs stay with nodes of one version. */
  version: string
  /**
   * Limits the number of runs that this node executes at a time, and of runs that are queued on all
   * nodes.
   */
  maxConcurrent: number
  maxQueued: number
  /** Returns a principal's quotas, which hold over all nodes. */
  allowance: (principal: string) => RunAllowance
  /** Limits how long a tool call waits for approval. */
  approvalTimeoutSeconds: number
  /** Limits how long the result of a run is kept. */
  resultTtlSeconds: number
  onError: (error: unknown) => void
  /** Called with every run that has ended on this node. */
  onEnd?: (record: RunRecord) => void
}
