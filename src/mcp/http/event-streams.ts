import type { ServerResponse } from 'node:http'
import { FairShare } from '../../util/fair-share.js'
import { refuse } from './send-reply.js'

/** The limit on endless streams, of all callers together. */
export const maxStreams = 256

/** Counts the open event streams, so that no caller can take all of them. */
export class EventStreams {
  private readonly share = new FairShare(maxStreams)
  private readonly responses = new WeakSet<ServerResponse>()

  /** Counts a stream that a caller opens. Refuses the request and returns false above its share. */
  admit(principal: string, response: ServerResponse): boolean {
    if (!this.share.take(principal)) {
      refuse(response, 429, {
        code: 'rateLimit',
        message: `You have too many open event streams; one caller may have ${this.share.most}.`,
        hint: 'Close some of them first.',
        retryable: true,
      })
      return false
    }
    this.responses.add(response)
    response.once('close', () => this.share.giveBack(principal))
    return true
  }

  has(response: ServerResponse): boolean {
    return this.responses.has(response)
  }
}
