import { tooManyWaiting } from '../engine-errors.js'

/** A place in the queue, by which it is known. */
export interface Place {
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
  private readonly lines = new Map<string, Place[]>()

  constructor(
    private readonly maxActive: number,
    private readonly maxWaiting: number,
  ) {}

  get load(): { active: number; queued: number } {
    return { active: this.active, queued: this.waiting }
  }

  /** Starts at once where there is room. Fails where too many wait already. */
  enter(place: Place): void {
    if (this.active < this.maxActive) {
      this.active++
      place.start()
      return
    }
    if (this.waiting >= this.maxWaiting) throw tooManyWaiting(this.waiting)
    const line = this.lines.get(place.principal)
    if (line) line.push(place)
    else this.lines.set(place.principal, [place])
    this.waiting++
  }

  /** To be called when what was started is done. */
  leave(): void {
    this.active--
    const [line] = this.lines.values()
    const place = line?.[0]
    if (!place) return
    this.take(place)
    this.active++
    place.start()
  }

  /** Gives up a place before its turn; `false`: its turn has come already. */
  giveUp(place: Place): boolean {
    const line = this.lines.get(place.principal)
    const index = line?.indexOf(place) ?? -1
    if (!line || index < 0) return false
    line.splice(index, 1)
    this.waiting--
    if (line.length === 0) this.lines.delete(place.principal)
    return true
  }

  /** How many are to start before this one. */
  before(place: Place): number {
    const own = Math.max(0, this.lines.get(place.principal)?.indexOf(place) ?? 0)
    let count = own
    let earlier = 1
    for (const [principal, line] of this.lines)
      if (principal === place.principal) earlier = 0
      else count += Math.min(line.length, own + earlier)
    return count
  }

  /** The first of its line, which goes to the end of the lines. */
  private take(place: Place): void {
    const line = this.lines.get(place.principal) ?? []
    line.shift()
    this.waiting--
    this.lines.delete(place.principal)
    if (line.length > 0) this.lines.set(place.principal, line)
  }
}
