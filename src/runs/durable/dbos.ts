import { loadOptionalPackage } from '../../agent/optional-package.js'
import type { Pool } from '../postgres/pool.js'
import type { RunStep } from './step-log.js'

const sdk = {
  name: '@dbos-inc/dbos-sdk',
  version: '5.3.0',
  neededBy: 'Durable runs',
  otherwise: 'set runs.engine to inProcess.',
}

/** DBOS's tables, beside ours. */
const schemaName = 'litellm_agents_dbos'
export const workflowTable = `${schemaName}.workflow_status`

const queueName = 'runs'
const queuePollMs = 100

export interface DbosOptions {
  databaseUrl: string
  /** The connections for DBOS's tables. */
  pool: Pool
  /** Unique to this process. */
  executorId: string
  /** Workflows stay with nodes of one version. */
  version: string
  /** How many runs this node works on at a time. */
  maxRunning: number
  warn: (message: string) => unknown
  /** Does work that only one node may do at a time. */
  withLock: (work: () => Promise<void>) => Promise<void>
}

/** What the engine uses of DBOS: a queue of runs that all nodes serve, and steps that are recorded. */
export interface Dbos {
  readonly runStep: RunStep
  /** Puts a run into the queue; one that is there already stays as it is. */
  enqueue(runId: string, principal: string): Promise<void>
  /** Puts the runs that a dead node was working on back into the queue. */
  requeueRunsOf(executorId: string): Promise<number>
  /** Puts a run that this node is working on back into the queue. */
  requeue(runId: string): Promise<void>
  /** Forgets what is recorded of runs. */
  forget(runIds: readonly string[]): Promise<void>
  /** Whether an error says that another node has the run. */
  isOwnershipLoss(error: unknown): boolean
  /** Takes no more runs from the queue, and lets go of the database. */
  close(): Promise<void>
}

/** Loads DBOS, makes its tables and starts to serve the queue with `work`. */
export async function launchDbos(
  options: DbosOptions,
  work: (runId: string, dbos: Dbos) => Promise<void>,
): Promise<Dbos> {
  const { DBOS, DBOSWorkflowConflictError } = await loadOptionalPackage(
    sdk,
    () => import('@dbos-inc/dbos-sdk'),
  )
  const { withLock, databaseUrl, pool, executorId, version, maxRunning, warn } = options
  DBOS.setConfig({
    name: 'litellm-agents-mcp',
    systemDatabaseUrl: databaseUrl,
    systemDatabasePool: pool,
    // Nothing here waits for DBOS's notifications, and a pooler would not deliver them.
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
  const dbos: Dbos = {
    runStep: (name, step) => DBOS.runStep(step, { name }),
    enqueue: async (runId, principal) => {
      const enqueueOptions = { queuePartitionKey: principal }
      await DBOS.startWorkflow(workflow, { workflowID: runId, queueName, enqueueOptions })(runId)
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
      if (runIds.length > 0) await DBOS.resumeWorkflows(runIds, { queueName })
      return runIds.length
    },
    requeue: (runId) => DBOS.resumeWorkflows([runId], { queueName }).then(() => {}),
    forget: async (runIds) => {
      await DBOS.deleteWorkflows([...runIds])
    },
    isOwnershipLoss: (error) => error instanceof DBOSWorkflowConflictError,
    close: () => DBOS.shutdown({ deregister: true }),
  }
  // It makes its tables, and several nodes at once get in each other's way.
  await withLock(() => DBOS.launch())
  // Partitions are principals: whose run comes next is drawn among them, however long their lines.
  await DBOS.registerQueue(queueName, {
    workerConcurrency: maxRunning,
    partitionWorkerConcurrency: maxRunning,
    minPollingIntervalMs: queuePollMs,
  })
  return dbos
}
