import type { ApprovalDecision } from '../../agent/tools/approval.js'
import { within } from '../../util/within.js'
import {
  hasEnded,
  type RunEngine,
  type RunFilter,
  type RunHandle,
  type RunLoad,
  type RunRecord,
  type RunSummary,
  type StartOptions,
  type WaitOptions,
} from '../engine.js'
import { keyReused, shuttingDown } from '../engine-errors.js'
import { databaseOn } from '../postgres/database.js'
import { schemaLock } from '../postgres/migrations.js'
import { retryUntilAvailable } from '../postgres/outage.js'
import type { Pool } from '../postgres/pool.js'
import type { RunSpec } from '../spec.js'
import { AttachedCalls } from './attached-calls.js'
import { type Dbos, launchDbos, workflowTable } from './dbos.js'
import type { DurableEngineOptions } from './engine-options.js'
import { enginePool } from './engine-pool.js'
import { Execution, type ExecutionContext } from './execution.js'
import { LocalStarts } from './local-starts.js'
import { Maintenance } from './maintenance.js'
import { NodeRegistry } from './node-registry.js'
import { cancelledBeforeStart } from './run-state.js'
import { cancelTopic, RunStore } from './run-store.js'
import { RunWaits } from './run-waits.js'

const never = new Promise<never>(() => {})
/** Limits how long a start waits for an unavailable database before it fails. */
const startWithinMs = 5_000
const dbosConnections = 10
const statementTimeoutMs = 10_000
const heartbeatTimeoutMs = 3_000
/** Limits the wait for a run to stop. It stops within 1 s, or later if its node just died. */
const stopMs = 10_000

/**
 * Executes runs that outlive their node. Each model call and each tool call is a recorded step. The
 * node that takes over a run continues with the step that was in progress.
 */
export class DurableEngine implements RunEngine {
  private readonly executorId = crypto.randomUUID()
  private readonly store: RunStore
  private readonly executions = new Map<string, Execution>()
  private readonly localStarts: LocalStarts
  private readonly attached: AttachedCalls
  private readonly waits: RunWaits
  /** Statements of DBOS have no time limit until its tables exist. */
  private readonly statement = { timeoutMs: 0 }
  private dbosPool!: Pool
  private heartbeatPool!: Pool
  private nodes!: NodeRegistry
  private dbos!: Dbos
  private maintenance!: Maintenance
  private closing = false
  private closed: Promise<void> | undefined

  private constructor(private readonly options: DurableEngineOptions) {
    const { database, maxQueued, notifications, version } = options
    const { executorId } = this
    const storeOptions = { version, executorId, workflowTable, maxQueued }
    this.store = new RunStore(database, notifications, storeOptions)
    this.waits = new RunWaits(this.store.reads, notifications, (id) => {
      return (this.executions.get(id) ?? this.localStarts.get(id))?.activity
    })
    this.localStarts = new LocalStarts(options.maxConcurrent)
    this.attached = new AttachedCalls((runId, principal) => {
      this.stop(runId, principal).catch(options.onError)
    })
  }

  static async open(options: DurableEngineOptions): Promise<DurableEngine> {
    const engine = new DurableEngine(options)
    await engine.launch()
    return engine
  }

  async start(spec: RunSpec, options: StartOptions = {}): Promise<RunHandle> {
    if (this.closing) throw shuttingDown()
    const runId = crypto.randomUUID()
    const { idempotency } = options
    const allowance = this.options.allowance(spec.principal)
    // A commit whose response was lost is retried. Otherwise a run could continue after its caller
    // received an error.
    const found = await retryUntilAvailable(
      () => this.store.add(runId, spec, options, allowance),
      Date.now() + startWithinMs,
    )
    if (found && found.argumentsDigest !== idempotency?.argumentsDigest) throw keyReused()
    if (found) return { runId: found.runId }
    this.waits.remember(runId, spec)
    // From here on the run exists: if this node does not begin it, maintenance enqueues it.
    const begun = this.localStarts.begin(runId, spec.principal, this.dbos)
    await within(begun.catch(this.options.onError), startWithinMs)
    if (options.signal && !idempotency) this.attached.add(runId, spec.principal, options.signal)
    return { runId }
  }

  async wait(
    runId: string,
    principal: string,
    options: WaitOptions,
  ): Promise<RunRecord | undefined> {
    return this.waitFor(runId, principal, options, ({ status }) => status === 'waiting')
  }

  private async waitFor(
    runId: string,
    principal: string,
    options: WaitOptions,
    awaited: (run: RunSummary) => boolean,
  ): Promise<RunRecord | undefined> {
    const { asks, signal } = options
    // The signal of the call that started a run cancels the run, which ends the wait.
    const leaving = this.attached.has(runId, signal) ? undefined : signal
    const run = await this.waits.wait(
      runId,
      principal,
      leaving ? options : { ...options, signal: undefined },
      awaited,
    )
    if (!run) return undefined
    const goesOn = asks && run.status === 'waiting'
    if (!leaving?.aborted && !goesOn) this.attached.delete(runId)
    return this.waits.record(run)
  }

  get(runId: string, principal: string): Promise<RunRecord | undefined> {
    return this.store.reads.record(runId, principal)
  }

  async cancel(runId: string, principal: string): Promise<RunRecord | undefined> {
    const run = await this.store.reads.summary(runId, principal)
    if (!run) return undefined
    if (!hasEnded(run.status)) await this.stop(runId, principal)
    return this.store.reads.record(runId, principal)
  }

  async decide(
    runId: string,
    principal: string,
    toolUseId: string,
    decision: ApprovalDecision,
  ): Promise<boolean> {
    const run = await this.store.reads.summary(runId, principal)
    const waiting = run?.approvals?.some((approval) => approval.toolUseId === toolUseId)
    return waiting ? this.store.decisions.add(runId, toolUseId, decision) : false
  }

  list(principal: string, filter: RunFilter = {}): Promise<RunSummary[]> {
    return this.store.reads.list(principal, filter)
  }

  async transcript(runId: string, principal: string) {
    const run = await this.store.reads.summary(runId, principal)
    return run && this.store.reads.messages(runId)
  }

  load(): RunLoad {
    return { active: this.executions.size, queued: 0 }
  }

  /** True while this node takes on runs. A node without heartbeats loses its runs to others. */
  get ready(): boolean {
    return !this.closing && this.nodes.alive
  }

  /**
   * Hands the runs over to other nodes. It starts no new step, and lets the steps in progress end
   * within the grace period. Calls that wait for a run return it as it is.
   */
  close(graceMs: number): Promise<void> {
    this.closed ??= this.handOver(graceMs)
    return this.closed
  }

  private async handOver(graceMs: number): Promise<void> {
    this.closing = true
    const until = Date.now() + graceMs
    // Calls that end with this process do not cancel their runs.
    this.attached.clear()
    this.waits.close()
    while (Date.now() < until && [...this.executions.values()].some(({ idle }) => !idle))
      await new Promise((resolve) => setTimeout(resolve, 20))
    await this.nodes.stop()
    // DBOS must not record anything after this point. While it shuts down, it takes its own absence
    // for the error of a step.
    this.dbosPool.end().catch(() => {})
    await this.dbos.close()
    await this.nodes.leave()
    await this.options.notifications.close()
    this.heartbeatPool.end().catch(() => {})
  }

  private async launch(): Promise<void> {
    const { database, databaseUrl, onError, version } = this.options
    this.nodes = await this.openNodes()
    await this.nodes.announce()
    this.dbosPool = await enginePool(this.options, 'dbos', dbosConnections, this.statement)
    this.dbos = await launchDbos(
      {
        databaseUrl,
        pool: this.dbosPool,
        executorId: this.executorId,
        version,
        maxDequeued: this.localStarts.maxDequeued,
        warn: (message) => this.closing || onError(new Error(message)),
        withLock: (work) => database.withLock(schemaLock, work),
      },
      (runId, dbos) => this.execute(runId, dbos),
    )
    this.statement.timeoutMs = statementTimeoutMs
    this.maintenance = new Maintenance(database, {
      version,
      workflowTable,
      keepSeconds: this.options.resultTtlSeconds,
      enqueue: this.dbos.enqueue,
      forget: this.dbos.forget,
    })
    this.nodes.join()
  }

  private async openNodes(): Promise<NodeRegistry> {
    const { notifications, onError, pooled, version } = this.options
    const timeoutMs = heartbeatTimeoutMs
    this.heartbeatPool = await enginePool(this.options, 'heartbeat', 2, { timeoutMs }, timeoutMs)
    return new NodeRegistry(databaseOn(this.heartbeatPool, pooled, onError), notifications, {
      executorId: this.executorId,
      version,
      onDeath: async (dead) => {
        await this.dbos.requeueRunsOf(dead)
      },
      onBeat: () => this.runMaintenance(),
      onError,
    })
  }

  private async execute(runId: string, dbos: Dbos): Promise<void> {
    const { store } = this
    const { buildRun, notifications, onEnd, onError, sessions } = this.options
    if (this.closing) await never
    this.executions.get(runId)?.supersede()
    const taken = await retryUntilAvailable(() => store.take(runId))
    if (!taken) return this.localStarts.ended(runId)
    const context: ExecutionContext = {
      store,
      sessions,
      buildRun,
      keepSeconds: this.options.resultTtlSeconds,
      approvalTimeoutSeconds: this.options.approvalTimeoutSeconds,
      notifications,
      runStep: dbos.runStep,
      isOwnershipLoss: dbos.isOwnershipLoss,
      requeue: dbos.requeue,
      closing: () => this.closing,
      onError,
      onEnd: (record) => {
        this.waits.ended(record)
        onEnd?.(record)
      },
    }
    const execution = new Execution(runId, taken, context)
    this.executions.set(runId, execution)
    // A notice can be outdated, so the store decides whether a cancel was requested.
    const off = notifications.on(cancelTopic(runId), () => {
      this.cancelRequested([runId]).catch(onError)
    })
    try {
      await execution.run()
    } finally {
      off()
      if (this.executions.get(runId) === execution) this.executions.delete(runId)
      if (!this.executions.has(runId)) this.localStarts.ended(runId)
      this.attached.delete(runId)
    }
  }

  private async runMaintenance(): Promise<void> {
    const running = [...this.executions.keys()]
    if (running.length > 0) await this.cancelRequested(running)
    await this.maintenance.runIfDue()
  }

  /** Cancels those of these runs for which a cancel was requested. */
  private async cancelRequested(running: readonly string[]): Promise<void> {
    for (const runId of await this.store.cancelRequested(running))
      this.executions.get(runId)?.cancel()
  }

  private async stop(runId: string, principal: string): Promise<void> {
    const { resultTtlSeconds: keepSeconds } = this.options
    await this.store.requestCancel(runId, principal)
    const ended = await this.store.endQueued(runId, cancelledBeforeStart(keepSeconds))
    if (!ended) await this.waitFor(runId, principal, { timeoutMs: stopMs }, () => false)
  }
}
