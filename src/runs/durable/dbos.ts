import { loadOptionalPackage } from '../../agent/optional-package.js'
import type { Pool } from '../postgres/pool.js'
import type { RunStep } from './step-log.js'

const sdk = {
  name: '@dbos-inc/dbos-sdk',
  version: '5.3.0',
  neededBy: 'Durable runs',
  otherwise: 'set runs.engine to inProcess.',
}

/** The schema of DBOS's tables. */
const schemaName = 'litellm_agents_dbos'
export const workflowTable = `${schemaName}.workflow_status`

const queueName = 'runs'
const queuePollMs = 250

export interface DbosOptions {
  databaseUrl: string
  /** The connections for DBOS's tables. */
  pool: Pool
  /** Unique to this process. */
  executorId: string
  /** The version of the program: workflows stay with nodes of one version. */
  version: string
  /** The maximum number of runs that this node takes from the queue at a time. */
  maxDequeued: number
  warn: (message: string) => unknown
  /** Does work that only one node may do at a time. */
  withLock: (work: () => Promise<void>) => Promise<void>
}

/**
 * Provides the part of DBOS that the engine uses: a queue of runs for all nodes, and recorded
 * steps.
 */
export interface Dbos {
  readonly runStep: RunStep
  /** Enqueues a run. A run that is already in the queue is not changed. */
  enqueue(runId: string, principal: string): Promise<void>
  /** Starts a run on this node, without the queue. A run that is in the queue is not started. */
  startHere(runId: string): Promise<void>
  /** Puts the runs of a dead node back into the queue. */
  requeueRunsOf(executorId: string): Promise<number>
  /** Puts a run of this node back into the queue. */
  requeue(runId: string): Promise<void>
  /** Deletes the records of runs. */
  forget(runIds: readonly string[]): Promise<void>
  /** Returns whether an error means that another node owns the run. */
  isOwnershipLoss(error: unknown): boolean
  /** Stops the queue and all use of the database. */
  close(): Promise<void>
}

/** Loads DBOS, creates its tables, and starts to execute queued runs with `work`. */
export async function launchDbos(
  options: DbosOptions,
  work: (runId: string, dbos: Dbos) => Promise<void>,
): Promise<Dbos> {
  const { DBOS, DBOSWorkflowConflictError } = await loadOptionalPackage(
    sdk,
    () => import('@dbos-inc/dbos-sdk'),
  )
  const { withLock, databaseUrl, pool, executorId, version, maxDequeued, warn } = options
  DBOS.setConfig({
    name: 'litellm-agents-mcp',
    systemDatabaseUrl: databaseUrl,
    systemDatabasePool: pool,
    // This program does not wait for DBOS's notifications, and a pooler would not deliver them.
    useListenNotify: false,
    systemDatabaseSchemaName: schemaName,
    executorID: executorId,
    applicationVersion: version,
    logger: {
      info: () => {},
      debug: () => {},
      warn: (entry) => warn(String(entry)),
      error: (entry) => warn(entry instanceof Error ? entry.message : String(entry)),
    },
  })
  const workflow = DBOS.registerWorkflow((runId: string) => work(runId, dbos), { name: 'run' })
  const resume = async (runIds: string[]) => {
    // A run that was started without the queue has no partition, without which it stays in the queue.
    await pool.query(
      `UPDATE ${workflowTable} w SET queue_partition_key = r.principal FROM litellm_agents.runs r
       WHERE r.run_id = w.workflow_uuid AND w.workflow_uuid = ANY($1)
         AND w.queue_partition_key IS NULL`,
      [runIds],
    )
    await DBOS.resumeWorkflows(runIds, { queueName })
  }
  const dbos: Dbos = {
    runStep: (name, step) => DBOS.runStep(step, { name }),
    enqueue: async (runId, principal) => {
      const enqueueOptions = { queuePartitionKey: principal }
      await DBOS.startWorkflow(workflow, { workflowID: runId, queueName, enqueueOptions })(runId)
    },
    startHere: async (runId) => {
      await DBOS.startWorkflow(workflow, { workflowID: runId })(runId)
    },
    requeueRunsOf: async (dead) => {
      const pending = await DBOS.listWorkflows({
        executorId: dead,
        applicationVersion: version,
        status: 'PENDING',
        loadInput: false,
        loadOutput: false,
      })
      const runIds = pending.map(({ workflowID }) => workflowID)
      if (runIds.length > 0) await resume(runIds)
      return runIds.length
    },
    requeue: (runId) => resume([runId]),
    forget: async (runIds) => {
      await DBOS.deleteWorkflows([...runIds])
    },
    isOwnershipLoss: (error) => error instanceof DBOSWorkflowConflictError,
    close: () => DBOS.shutdown({ deregister: true }),
  }
  // DBOS creates its tables, and several nodes that do so at once fail.
  await withLock(() => DBOS.launch())
  // Each principal is a partition, and partitions take turns regardless of their length.
  await DBOS.registerQueue(queueName, {
    workerConcurrency: maxDequeued,
    partitionWorkerConcurrency: maxDequeued,
    minPollingIntervalMs: queuePollMs,
  })
  return dbos
}
