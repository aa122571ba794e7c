import { queueFull } from '../engine-errors.js'

/** An entry of the queue. */
export interface QueueEntry {
  readonly principal: string
  readonly start: () => void
  /** Ends the entry, which gave its place to another principal. */
  readonly refuse: () => void
}

/**
 * Limits the number of active runs. Other runs wait in one line per principal, and the lines take turns,
 * so that one principal's runs do not delay all others.
 */
export class FairQueue {
  private active = 0
  private waiting = 0
  /** The first line is the next to start a run. */
  private readonly lines = new Map<string, QueueEntry[]>()

  constructor(
    private readonly maxActive: number,
    private readonly maxWaiting: number,
  ) {}

  get load(): { active: number; queued: number } {
    return { active: this.active, queued: this.waiting }
  }

  /**
   * Starts an entry if a slot is free, or queues it. If the queue is full, the last entry of the
   * longest line gives way. Fails if that line is the entry's own.
   */
  enter(entry: QueueEntry): void {
    if (this.active < this.maxActive) {
      this.active++
      entry.start()
      return
    }
    if (this.waiting >= this.maxWaiting) this.makeRoom(entry.principal)
    const line = this.lines.get(entry.principal)
    if (line) line.push(entry)
    else this.lines.set(entry.principal, [entry])
    this.waiting++
  }

  /** Frees the slot of an entry that has ended. */
  leave(): void {
    this.active--
    const [line] = this.lines.values()
    const entry = line?.[0]
    if (!entry) return
    this.dequeue(entry)
    this.active++
    entry.start()
  }

  /** Removes a queued entry. Returns false if it has started. */
  cancel(entry: QueueEntry): boolean {
    const line = this.lines.get(entry.principal)
    const index = line?.indexOf(entry) ?? -1
    if (!line || index < 0) return false
    line.splice(index, 1)
    this.waiting--
    if (line.length === 0) this.lines.delete(entry.principal)
    return true
  }

  /** Returns how many entries start before this one. */
  position(entry: QueueEntry): number {
    const own = Math.max(0, this.lines.get(entry.principal)?.indexOf(entry) ?? 0)
    let count = own
    let earlier = 1
    for (const [principal, line] of this.lines)
      if (principal === entry.principal) earlier = 0
      else count += Math.min(line.length, own + earlier)
    return count
  }

  private makeRoom(principal: string): void {
    let longest: QueueEntry[] = []
    for (const line of this.lines.values()) if (line.length > longest.length) longest = line
    const last = longest.at(-1)
    const own = this.lines.get(principal)?.length ?? 0
    if (!last || own + 1 >= longest.length) throw queueFull(this.waiting)
    this.cancel(last)
    last.refuse()
  }

  /** Removes the first entry of its line, and moves the line behind the others. */
  private dequeue(entry: QueueEntry): void {
    const line = this.lines.get(entry.principal) ?? []
    line.shift()
    this.waiting--
    this.lines.delete(entry.principal)
    if (line.length > 0) this.lines.set(entry.principal, line)
  }
}
