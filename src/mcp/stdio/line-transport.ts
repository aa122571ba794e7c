import type { Readable, Writable } from 'node:stream'
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server'
import { isJsonObject, type JsonObject } from '../../util/json.js'
import { type InvalidMessage, notJson } from '../jsonrpc/invalid-message.js'
import { isBlank, parseJson, readableJson } from '../jsonrpc/json-text.js'
import { readBatch, readMessage } from '../jsonrpc/read-message.js'
import { Batches } from './batches.js'
import { LineReader, type LongLine } from './line-reader.js'

export interface LineTransportOptions {
  maxLineBytes: number
  onLongLine: (line: LongLine) => void
  /** Called with the reason why a message is not handled. */
  onRefused: (reason: string) => void
}

interface Sender {
  resolve: () => void
  reject: (reason: Error) => void
}

const done = Promise.resolve()
/** Node writes a string of up to 16 KB without allocating a buffer for it. */
const maxPendingLength = 16_384

/**
 * Sends and receives JSON-RPC messages, one per line. The SDK's own transport ignores invalid
 * messages; this one answers them.
 */
export class LineTransport implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  private closed = false
  /** The agreed protocol revision; `undefined` before the handshake, and in the 2026 era. */
  private revision: string | undefined
  /** Lines of the current turn of the event loop, which are written together. */
  private pending = ''
  /** True while the output's buffer is full. */
  private full = false
  /** Calls of `send` that wait until the buffer has room. */
  private waiting: Sender[] = []
  private readonly lines: LineReader
  private readonly batches = new Batches((responses) => this.write(responses))

  constructor(
    private readonly input: Readable,
    private readonly output: Writable,
    private readonly options: LineTransportOptions,
  ) {
    const { maxLineBytes, onLongLine } = options
    this.lines = new LineReader(maxLineBytes, { onLine: (line) => this.take(line), onLongLine })
  }

  async start(): Promise<void> {
    const { input, output } = this
    const close = () => void this.close()
    // Handlers that need no I/O have answered the last lines by then.
    const closeSoon = () => void setImmediate(close)
    input.on('data', (bytes: Buffer) => this.lines.push(bytes))
    input.on('error', (error) => this.onerror?.(error))
    input.once('end', () => {
      this.lines.end()
      closeSoon()
    })
    input.once('close', closeSoon)
    output.on('drain', () => {
      this.full = false
      this.release(({ resolve }) => resolve())
    })
    // This listener is never removed: a write after the client has gone must not end the process.
    output.on('error', (error) => {
      if (!this.closed) this.onerror?.(error)
      close()
    })
    if (input.readableEnded || input.destroyed) closeSoon()
  }

  setProtocolVersion(version: string): void {
    this.revision = version
  }

  send(message: JSONRPCMessage): Promise<void> {
    if (this.closed) return Promise.reject(connectionClosed())
    if (!this.batches.take(message)) this.write(message)
    if (!this.full) return done
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }))
  }

  /** Answers an invalid message, and reports it. */
  refuse({ response, silent }: InvalidMessage): void {
    this.options.onRefused(response.error.data.message)
    if (!silent && !this.closed) this.write(response)
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.flush()
    this.closed = true
    this.input.pause()
    this.release(({ reject }) => reject(connectionClosed()))
    this.onclose?.()
  }

  private take(line: string): void {
    if (this.closed || isBlank(line)) return
    const value = parseJson(line)
    if (Array.isArray(value)) {
      this.takeBatch(value)
      return
    }
    const wrong = value === undefined ? notJson() : readMessage(value)
    if (wrong) this.refuse(wrong)
    else this.deliver(value as JsonObject)
  }

  private takeBatch(values: readonly unknown[]): void {
    const batch = readBatch(values, this.revision)
    if ('response' in batch) {
      this.refuse(batch)
      return
    }
    const requests = batch.messages.filter(
      ({ id, method }) => method !== undefined && id !== undefined,
    )
    this.batches.add(
      requests.map(({ id }) => id as string | number),
      batch.responses,
    )
    for (const message of batch.messages) this.deliver(message)
  }

  private deliver(message: JsonObject): void {
    if (message.method === 'notifications/cancelled' && isJsonObject(message.params))
      this.batches.cancel(message.params.requestId)
    try {
      this.onmessage?.(message as unknown as JSONRPCMessage)
    } catch (error) {
      this.onerror?.(error instanceof Error ? error : new Error(String(error)))
    }
  }

  private write(message: unknown): void {
    const line = `${readableJson(JSON.stringify(message))}\n`
    if (this.pending.length + line.length > maxPendingLength) this.flush()
    if (this.pending === '') setImmediate(() => this.flush())
    this.pending += line
  }

  private flush(): void {
    const { pending } = this
    this.pending = ''
    if (pending !== '' && !this.output.write(pending)) this.full = true
  }

  private release(settle: (sender: Sender) => void): void {
    const senders = this.waiting
    this.waiting = []
    senders.forEach(settle)
  }
}

function connectionClosed(): Error {
  return new Error('The connection is closed.')
}
