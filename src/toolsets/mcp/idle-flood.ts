import type { JSONRPCMessage } from '@modelcontextprotocol/client'

const windowMs = 10_000
const maxBytes = 1024 * 1024
const maxMessages = 1_000

/** Limits what a server sends while no request is pending, which nobody asked for. */
export class IdleFlood {
  private readonly pending = new Set<string | number>()
  private since = 0
  private bytes = 0
  private messages = 0

  /** Counts a message to the server: a request is pending until its response, or its cancellation. */
  sent(message: JSONRPCMessage): void {
    if (!('method' in message)) return
    if ('id' in message) this.pending.add(message.id)
    else if (message.method === 'notifications/cancelled') {
      const { requestId } = message.params ?? {}
      if (typeof requestId === 'string' || typeof requestId === 'number')
        this.pending.delete(requestId)
    }
  }

  /** Counts a message from the server. */
  received(message: JSONRPCMessage): void {
    if ('method' in message || message.id === undefined) return
    this.pending.delete(message.id)
  }

  /** Counts what the server printed. Fails above the limits while no request is pending. */
  printed(bytes: number, messages: number): void {
    if (this.pending.size > 0) return
    const now = Date.now()
    if (now - this.since > windowMs) {
      this.since = now
      this.bytes = 0
      this.messages = 0
    }
    this.bytes += bytes
    this.messages += messages
    if (this.bytes > maxBytes || this.messages > maxMessages)
      throw new Error('The server sent too much while no request was pending.')
  }
}
