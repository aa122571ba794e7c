import { type Notifications, notify } from '../postgres/notifications.js'
import type { Database } from '../postgres/queryable.js'

const heartbeatMs = 1_000
/** A node that has not been heard of for so long is dead, and its runs go to others. */
const leaseSeconds = 5
const topic = 'nodes'

/**
 * The nodes of this deployment: each says every second that it lives. Whoever finds a dead one takes
 * care of it, one node at a time.
 */
export class NodeRegistry {
  private timer: NodeJS.Timeout | undefined
  private beating: Promise<void> = Promise.resolve()
  private off: () => void = () => {}

  constructor(
    private readonly database: Database,
    private readonly notifications: Notifications,
    private readonly options: {
      executorId: string
      version: string
      /** Called for each dead node; where it fails, the node is tried again later. */
      onDeath: (executorId: string) => Promise<void>
      /** Called at each beat. */
      onBeat: () => Promise<void>
      onError: (error: unknown) => void
    },
  ) {}

  /** Says from now on that this node lives. */
  join(): void {
    this.timer = setInterval(() => this.beat(), heartbeatMs)
    this.off = this.notifications.on(topic, () => this.beat())
  }

  /** Says that this node is gone, so that others take over at once. */
  async leave(): Promise<void> {
    await this.database.rows("UPDATE nodes SET seen_at = '-infinity' WHERE executor_id = $1", [
      this.options.executorId,
    ])
    await notify(this.database, topic)
  }

  async stop(): Promise<void> {
    clearInterval(this.timer)
    this.off()
    await this.beating
  }

  private beat(): void {
    this.beating = this.beating.then(async () => {
      try {
        await this.announce()
        await this.takeOverDeadNodes()
        await this.options.onBeat()
      } catch (error) {
        this.options.onError(error)
      }
    })
  }

  /** Says that this node lives: first before it does anything that others would have to take over. */
  async announce(): Promise<void> {
    await this.database.rows(
      `INSERT INTO nodes VALUES ($1, $2, now())
       ON CONFLICT (executor_id) DO UPDATE SET seen_at = now()`,
      [this.options.executorId, this.options.version],
    )
  }

  private async takeOverDeadNodes(): Promise<void> {
    const { executorId, onDeath, version } = this.options
    await this.database.transaction(async (client) => {
      // Who holds the row does it; if that node dies too, the row is free again.
      const dead = await client.rows<{ executor_id: string }>(
        `SELECT executor_id FROM nodes WHERE version = $1 AND executor_id <> $2
           AND seen_at < now() - make_interval(secs => $3) FOR UPDATE SKIP LOCKED`,
        [version, executorId, leaseSeconds],
      )
      for (const { executor_id } of dead) {
        await onDeath(executor_id)
        await client.rows('DELETE FROM nodes WHERE executor_id = $1', [executor_id])
      }
    })
  }
}
