import type { CachePointBlock } from '../../../agent/messages/content.js'
import { CachePoints } from '../../cache/cache-points.js'
import type { ModelInfo } from '../../models/model-info.js'

/** Holds the cache points of a request and the parts that its cache report requires. */
export class CacheBook {
  readonly points: CachePoints
  /** The request's parts in cache order, in this package's format. */
  readonly parts: object[] = []
  /** Whether a point was sent with the default lifetime instead of the requested hour. */
  shortened = false
  private readonly shortOnly: boolean

  constructor(info: ModelInfo | undefined) {
    // Bedrock refuses a point, or a one-hour lifetime, that the model does not support. A model
    // that is not in the price map receives the requested points.
    this.points = new CachePoints(info === undefined || info.supports.caching === true)
    this.shortOnly = info?.prices?.cacheWrite1h === null
  }

  block({ cachePoint: { ttl } }: CachePointBlock): CachePointBlock {
    const shorten = this.shortOnly && ttl !== undefined
    if (shorten && ttl === '1h') this.shortened = true
    return { cachePoint: { type: 'default', ...(ttl && !shorten && { ttl }) } }
  }
}

/**
 * Builds one list of a request (tools, system prompt or a turn) in which a cache point is a
 * separate block.
 */
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
