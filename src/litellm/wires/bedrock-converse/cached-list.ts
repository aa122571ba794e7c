import type { CachePointBlock } from '../../../agent/messages/content.js'
import { CachePoints } from '../../cache/cache-points.js'
import type { ModelInfo } from '../../models/model-info.js'

/** What the cache report of a request is made from, and the points themselves. */
export class CacheBook {
  readonly points: CachePoints
  /** The request's parts in the order in which the cache sees them, in our own form. */
  readonly parts: object[] = []
  /** Whether a point went out with the usual life instead of the hour that was asked for. */
  shortened = false
  private readonly shortOnly: boolean

  constructor(info: ModelInfo | undefined) {
    // Bedrock turns away a point, or an hour, that the model does not know. A model that the price
    // map does not name gets what is asked for.
    this.points = new CachePoints(info === undefined || info.supports.caching === true)
    this.shortOnly = info?.prices?.cacheWrite1h === null
  }

  block({ cachePoint: { ttl } }: CachePointBlock): CachePointBlock {
    const shorten = this.shortOnly && ttl !== undefined
    if (shorten && ttl === '1h') this.shortened = true
    return { cachePoint: { type: 'default', ...(ttl && !shorten && { ttl }) } }
  }
}

/** One list of a request (tools, system prompt, a turn), in which a cache point is a block of its own. */
export class CachedList<Block extends object> {
  readonly blocks: Block[] = []
  private readonly parts: object[] = []

  constructor(private readonly book: CacheBook) {}

  add(block: Block, source: object): void {
    const part = { source }
    this.blocks.push(block)
    this.parts.push(part)
    this.book.parts.push(part)
  }

  addPoint(point: CachePointBlock, at: string): void {
    if (this.book.points.admit(this.parts, at))
      this.blocks.push(this.book.block(point) as unknown as Block)
  }
}
