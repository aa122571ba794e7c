import { cancelledError } from '../../agent/errors.js'
import type { ApprovalDecision } from '../../agent/tools/approval.js'
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
import { schemaLock } from '../postgres/migrations.js'
import type { Notifications } from '../postgres/notifications.js'
import { retryUntilAvailable } from '../postgres/outage.js'
import type { PostgresSessions } from '../postgres/postgres-sessions.js'
import type { Database } from '../postgres/queryable.js'
import type { RunAllowance } from '../quotas/quotas.js'
import type { BuildRun, RunSpec } from '../spec.js'
import { type Dbos, launchDbos, workflowTable } from './dbos.js'
import { Execution, type ExecutionContext } from './execution.js'
import { Maintenance } from './maintenance.js'
import { NodeRegistry } from './node-registry.js'
import { noProgress } from './run-rows.js'
import { cancelTopic, RunStore, runTopic } from './run-store.js'

export interface DurableEngineOptions {
  databaseUrl: string
  database: Database
  notifications: Notifications
  sessions: PostgresSessions
  buildRun: BuildRun
  /** Of the program: a run stays with nodes of one version. */
  version: string
  /** How many runs this node works on at a time, and how many may wait for their turn on any. */
  maxConcurrent: number
  maxQueued: number
  /** What a principal may have run, on all nodes together. */
  allowance: (principal: string) => RunAllowance
  /** How long a tool call waits for somebody's word. */
  approvalTimeoutSeconds: number
  /** How long the result of a run is kept. */
  resultTtlSeconds: number
  onError: (error: unknown) => void
  /** Told of every run that has ended on this node. */
  onEnd?: (record: RunRecord) => void
}

const never = new Promise<never>(() => {})

/** A notice may be lost. */
const lookAgainMs = 2_000

/**
 * Runs that outlive their node: each model call and each tool call is a step that is recorded, and
 * whichever node takes a run over goes on with the step it was in.
 */
export class DurableEngine implements RunEngine {
  private readonly executorId = crypto.randomUUID()
  private readonly store: RunStore
  private readonly executions = new Map<string, Execution>()
  /** Calls whose end cancels the run they started, by run. */
  private readonly attached = new Map<string, { signal: AbortSignal; off: () => void }>()
  private readonly nodes: NodeRegistry
  private dbos!: Dbos
  private maintenance!: Maintenance
  private closing = false

  private constructor(private readonly options: DurableEngineOptions) {
    const { database, notifications, onError, version } = options
    const { executorId } = this
    this.store = new RunStore(database, {
      version,
      executorId,
      workflowTable,
      maxQueued: options.maxQueued,
    })
    this.nodes = new NodeRegistry(database, notifications, {
      executorId,
      version,
      onDeath: async (dead) => {
        await this.dbos.requeueRunsOf(dead)
      },
      onBeat: () => this.runMaintenance(),
      onError,
    })
  }

  static async open(options: DurableEngineOptions): Promise<DurableEngine> {
    const runs = new DurableEngine(options)
    await runs.launch()
    return runs
  }

  async start(spec: RunSpec, options: StartOptions = {}): Promise<RunHandle> {
    if (this.closing) throw shuttingDown()
    const runId = crypto.randomUUID()
    const { idempotency } = options
    const found = await this.store.add(runId, spec, options, this.options.allowance(spec.principal))
    if (found && found.argumentsDigest !== idempotency?.argumentsDigest) throw keyReused()
    if (found) return { runId: found.runId }
    await this.dbos.enqueue(runId, spec.principal)
    if (options.signal && !idempotency) this.attach(runId, spec.principal, options.signal)
    return { runId }
  }

  async wait(
    runId: string,
    principal: string,
    options: WaitOptions,
  ): Promise<RunRecord | undefined> {
    return this.until(runId, principal, options, ({ status }) => status === 'waiting')
  }

  private async until(
    runId: string,
    principal: string,
    { timeoutMs, signal, asks, onProgress }: WaitOptions,
    isNews: (run: RunSummary) => boolean,
  ): Promise<RunRecord | undefined> {
    const until = Date.now() + timeoutMs
    // The signal of the call that started a run ends the run itself, and so the wait.
    const leaving = signal === this.attached.get(runId)?.signal ? undefined : signal
    const notices = this.options.notifications.watch(runTopic(runId))
    try {
      for (let told = ''; ; ) {
        const run = await this.store.reads.summary(runId, principal)
        if (!run) return undefined
        const left = until - Date.now()
        const gone = leaving?.aborted ?? false
        if (hasEnded(run.status) || isNews(run) || left <= 0 || gone) {
          const goesOn = asks && run.status === 'waiting'
          if (!gone && !goesOn) this.detach(runId)
          return this.store.reads.record(runId, principal)
        }
        if (run.activity !== told) onProgress?.(run.activity)
        told = run.activity
        await notices.change(Math.min(left, lookAgainMs), leaving)
      }
    } finally {
      notices.stop()
    }
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

  /**
   * Begins no new step, lets those that are being done end within the grace, and hands the runs to
   * other nodes.
   */
  async close(graceMs: number): Promise<void> {
    this.closing = true
    const until = Date.now() + graceMs
    while (Date.now() < until && [...this.executions.values()].some(({ idle }) => !idle))
      await new Promise((resolve) => setTimeout(resolve, 20))
    for (const { off } of this.attached.values()) off()
    await this.nodes.stop()
    await this.dbos.close()
    await this.nodes.leave()
  }

  private async launch(): Promise<void> {
    const { database, databaseUrl, maxConcurrent, onError, version } = this.options
    await this.nodes.announce()
    this.dbos = await launchDbos(
      {
        databaseUrl,
        executorId: this.executorId,
        version,
        maxRunning: maxConcurrent,
        warn: (message) => onError(new Error(message)),
        withLock: (work) => database.withLock(schemaLock, work),
      },
      (runId, dbos) => this.execute(runId, dbos),
    )
    this.maintenance = new Maintenance(database, {
      version,
      workflowTable,
      keepSeconds: this.options.resultTtlSeconds,
      enqueue: this.dbos.enqueue,
      forget: this.dbos.forget,
    })
    this.nodes.join()
  }

  private async execute(runId: string, dbos: Dbos): Promise<void> {
    const { store } = this
    const { buildRun, notifications, onEnd, onError, sessions } = this.options
    if (this.closing) await never
    this.executions.get(runId)?.supersede()
    const taken = await retryUntilAvailable(() => store.take(runId))
    if (!taken) return
    const context: ExecutionContext = {
      store,
      sessions,
      buildRun,
      keepSeconds: this.options.resultTtlSeconds,
      approvalTimeoutSeconds: this.options.approvalTimeoutSeconds,
      notifications,
      runStep: dbos.runStep,
      isLoss: dbos.isLoss,
      // A node that closes leaves its runs where they are, for others to go on with.
      mayStart: () => (this.closing ? never : Promise.resolve()),
      onError,
      onEnd,
    }
    const execution = new Execution(runId, taken, context)
    this.executions.set(runId, execution)
    // A notice says that there may be something to see, and one comes to all when a connection is back.
    const off = notifications.on(cancelTopic(runId), () => {
      this.cancelRequested([runId]).catch(onError)
    })
    try {
      await execution.run()
    } finally {
      off()
      if (this.executions.get(runId) === execution) this.executions.delete(runId)
      this.detach(runId)
    }
  }

  /** What each beat of the node does beside. */
  private async runMaintenance(): Promise<void> {
    const running = [...this.executions.keys()]
    if (running.length > 0) await this.cancelRequested(running)
    await this.maintenance.runIfDue()
  }

  /** Cancels those of these runs of which somebody has asked it. */
  private async cancelRequested(running: readonly string[]): Promise<void> {
    for (const runId of await this.store.cancelRequested(running))
      this.executions.get(runId)?.cancel()
  }

  private async stop(runId: string, principal: string): Promise<void> {
    const { resultTtlSeconds: keepSeconds } = this.options
    await this.store.requestCancel(runId, principal)
    const { usage, metrics, ...progress } = noProgress()
    const error = { ...cancelledError().toJSON(), usage, metrics }
    const ended = await this.store.endQueued(runId, {
      status: 'cancelled',
      progress: { ...progress, usage, metrics },
      outcome: { error },
      keepSeconds,
    })
    if (!ended) await this.until(runId, principal, { timeoutMs: stopMs }, () => false)
  }

  private attach(runId: string, principal: string, signal: AbortSignal): void {
    const onAbort = () => {
      this.attached.delete(runId)
      this.stop(runId, principal).catch(this.options.onError)
    }
    if (signal.aborted) {
      onAbort()
      return
    }
    signal.addEventListener('abort', onAbort, { once: true })
    this.attached.set(runId, {
      signal,
      off: () => signal.removeEventListener('abort', onAbort),
    })
  }

  private detach(runId: string): void {
    this.attached.get(runId)?.off()
    this.attached.delete(runId)
  }
}

/** A run stops within a second, wherever it is; a node that died just now takes some more. */
const stopMs = 10_000
