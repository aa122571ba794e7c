import type { ServerResponse } from 'node:http'
import { refuse } from './send-reply.js'

/** The limit on endless streams, of all callers together. */
export const maxStreams = 256
const maxPerCaller = maxStreams / 2

/** Counts the open event streams, so that no caller can take all of them. */
export class EventStreams {
  private readonly open = new Map<string, number>()
  private readonly responses = new WeakSet<ServerResponse>()

  /** Counts a stream that a caller opens. Refuses the request and returns false above the limit. */
  admit(principal: string, response: ServerResponse): boolean {
    const count = this.open.get(principal) ?? 0
    if (count >= maxPerCaller) {
      refuse(response, 429, {
        code: 'rateLimit',
        message: `You have ${maxPerCaller} open event streams.`,
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
