import type { Dbos } from './dbos.js'

/**
 * Starts runs on this node at once while there is room, without the queue. The queue, in which
 * principals take turns, has the other half of the node's room.
 */
export class LocalStarts {
  /** How many runs this node takes from the queue. */
  readonly maxDequeued: number
  private readonly maxStarted: number
  private readonly runIds = new Set<string>()

  constructor(maxConcurrent: number) {
    this.maxStarted = Math.floor(maxConcurrent / 2)
    this.maxDequeued = maxConcurrent - this.maxStarted
  }

  /** Returns a run that this node starts at once, with its activity before its execution. */
  get(runId: string): { activity: string } | undefined {
    return this.runIds.has(runId) ? { activity: 'queued' } : undefined
  }

  /** Starts a run if there is room; otherwise, enqueues it. */
  async begin(
    runId: string,
    principal: string,
    dbos: Pick<Dbos, 'enqueue' | 'startHere'>,
  ): Promise<void> {
    if (this.runIds.size >= this.maxStarted) return dbos.enqueue(runId, principal)
    this.runIds.add(runId)
    await dbos.startHere(runId).catch((error: unknown) => {
      this.runIds.delete(runId)
      throw error
    })
  }

  ended(runId: string): void {
    this.runIds.delete(runId)
  }
}
