import { queueFull } from '../engine-errors.js'

/** A place in the queue, by which it is known. */
export interface QueueEntry {
  readonly principal: string
  readonly start: () => void
}

/**
 * Lets so many work at once. The others wait in a line for each principal, and the lines take turns,
 * so that nobody waits for all that somebody else has asked for.
 */
export class FairQueue {
  private active = 0
  private waiting = 0
  /** The line whose turn is next comes first. */
  private readonly lines = new Map<string, QueueEntry[]>()

  constructor(
    private readonly maxActive: number,
    private readonly maxWaiting: number,
  ) {}

  get load(): { active: number; queued: number } {
    return { active: this.active, queued: this.waiting }
  }

  /** Starts at once where there is room. Fails where too many wait already. */
  enter(entry: QueueEntry): void {
    if (this.active < this.maxActive) {
      this.active++
      entry.start()
      return
    }
    if (this.waiting >= this.maxWaiting) throw queueFull(this.waiting)
    const line = this.lines.get(entry.principal)
    if (line) line.push(entry)
    else this.lines.set(entry.principal, [entry])
    this.waiting++
  }

  /** To be called when what was started is done. */
  leave(): void {
    this.active--
    const [line] = this.lines.values()
    const entry = line?.[0]
    if (!entry) return
    this.dequeue(entry)
    this.active++
    entry.start()
  }

  /** Gives up a place before its turn; `false`: its turn has come already. */
  cancel(entry: QueueEntry): boolean {
    const line = this.lines.get(entry.principal)
    const index = line?.indexOf(entry) ?? -1
    if (!line || index < 0) return false
    line.splice(index, 1)
    this.waiting--
    if (line.length === 0) this.lines.delete(entry.principal)
    return true
  }

  /** How many are to start before this one. */
  position(entry: QueueEntry): number {
    const own = Math.max(0, this.lines.get(entry.principal)?.indexOf(entry) ?? 0)
    let count = own
    let earlier = 1
    for (const [principal, line] of this.lines)
      if (principal === entry.principal) earlier = 0
      else count += Math.min(line.length, own + earlier)
    return count
  }

  /** The first of its line, which goes to the end of the lines. */
  private dequeue(entry: QueueEntry): void {
    const line = this.lines.get(entry.principal) ?? []
    line.shift()
    this.waiting--
    this.lines.delete(entry.principal)
    if (line.length > 0) this.lines.set(entry.principal, line)
  }
}
