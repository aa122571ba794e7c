import type { Notifications } from '../postgres/notifications.js'
import type { Database } from '../postgres/queryable.js'

const heartbeatMs = 1_000
/**
 * Limits the age of a heartbeat. A node with an older one is dead, and other nodes take over its
 * runs.
 */
const leaseSeconds = 5
const topic = 'nodes'

/**
 * Manages the heartbeats of the nodes in this deployment. A node whose heartbeat is stale is dead;
 * one other node at a time takes over its runs.
 */
export class NodeRegistry {
  private timer: NodeJS.Timeout | undefined
  private beating: Promise<void> | undefined
  private off: () => void = () => {}
  private beatenAt = 0
  /** The time since which every heartbeat succeeded. */
  private steadySince = 0

  /** `database` has its own connection, so that heartbeats do not wait behind other statements. */
  constructor(
    private readonly database: Database,
    private readonly notifications: Notifications,
    private readonly options: {
      executorId: string
      version: string
      /** Called for each dead node. If it fails, the node is tried again later. */
      onDeath: (executorId: string) => Promise<void>
      /** Called after each heartbeat. */
      onBeat: () => Promise<void>
      onError: (error: unknown) => void
    },
  ) {}

  /** True if the last heartbeat is recent, so that this node keeps its runs. */
  get alive(): boolean {
    return Date.now() - this.beatenAt < leaseSeconds * 1000
  }

  /** Starts the heartbeats. */
  join(): void {
    this.timer = setInterval(() => this.beat(), heartbeatMs)
    this.off = this.notifications.on(topic, () => this.beat())
  }

  /** Marks this node as dead, so that others take over its runs at once. */
  async leave(): Promise<void> {
    await this.database.rows(
      "UPDATE litellm_agents.nodes SET seen_at = '-infinity' WHERE executor_id = $1",
      [this.options.executorId],
    )
    this.notifications.send(topic)
  }

  async stop(): Promise<void> {
    clearInterval(this.timer)
    this.off()
    await this.beating
  }

  /**
   * Writes a heartbeat, and returns the dead nodes. The first heartbeat is written before this node
   * does any work.
   */
  async announce(): Promise<string[]> {
    const { executorId, version } = this.options
    const dead = await this.database.rows<{ executor_id: string }>(
      `WITH beat AS (
         INSERT INTO litellm_agents.nodes VALUES ($1, $2, now())
         ON CONFLICT (executor_id) DO UPDATE SET seen_at = now())
       SELECT executor_id FROM litellm_agents.nodes WHERE ${isDead}`,
      [executorId, version, leaseSeconds],
    )
    this.beatenAt = Date.now()
    return dead.map(({ executor_id }) => executor_id)
  }

  private beat(): void {
    this.beating ??= this.beatNow().finally(() => {
      this.beating = undefined
    })
  }

  private async beatNow(): Promise<void> {
    try {
      const dead = await this.announce()
      // After an outage of the database, other nodes get the time to show that they are alive.
      const steady = Date.now() - this.steadySince > leaseSeconds * 1000
      if (dead.length > 0 && steady) await this.takeOverDeadNodes()
      await this.options.onBeat()
    } catch (error) {
      if (!this.alive) this.steadySince = Date.now()
      this.options.onError(error)
    }
  }

  private async takeOverDeadNodes(): Promise<void> {
    const { executorId, onDeath, version } = this.options
    await this.database.transaction(async (client) => {
      // The node that locks the row takes over. If that node dies too, the row is free again.
      const dead = await client.rows<{ executor_id: string }>(
        `SELECT executor_id FROM litellm_agents.nodes WHERE ${isDead} FOR UPDATE SKIP LOCKED`,
        [executorId, version, leaseSeconds],
      )
      for (const { executor_id } of dead) {
        await onDeath(executor_id)
        await client.rows('DELETE FROM litellm_agents.nodes WHERE executor_id = $1', [executor_id])
      }
    })
  }
}

/** SQL: another node of this version whose heartbeat is stale. */
const isDead = 'version = $2 AND executor_id <> $1 AND seen_at < now() - make_interval(secs => $3)'
