import type { ServerResponse } from 'node:http'
import { isJsonObject } from '../../util/json.js'

import { refuse } from './reply.js'

/** Streams without an end, of all callers together, and of any one of them. */
export const maxStreams = 256
const maxOfOne = maxStreams / 2

/** The event streams that are open, so that no caller takes all there may be. */
export class EventStreams {
  private readonly open = new Map<string, number>()
  private readonly responses = new WeakSet<ServerResponse>()

  /** Whether a message may be served: one that opens a stream too many has been refused. */
  admit(message: unknown, principal: string, response: ServerResponse): boolean {
    if (!isJsonObject(message) || message.method !== 'subscriptions/listen') return true
    const count = this.open.get(principal) ?? 0
    if (count >= maxOfOne) {
      refuse(response, 429, {
        code: 'rateLimit',
        message: `You have ${maxOfOne} event streams open.`,
        hint: 'Close some of them first.',
        retryable: true,
      })
      return false
    }
    this.open.set(principal, count + 1)
    this.responses.add(response)
    response.once('close', () => this.leave(principal))
    return true
  }

  has(response: ServerResponse): boolean {
    return this.responses.has(response)
  }

  private leave(principal: string): void {
    const count = this.open.get(principal) ?? 0
    if (count > 1) this.open.set(principal, count - 1)
    else this.open.delete(principal)
  }
}
