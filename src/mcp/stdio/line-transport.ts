import type { Readable, Writable } from 'node:stream'
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server'
import { isJsonObject } from '../../util/json.js'

import { isJSONRPCRequest } from '../jsonrpc/message-kinds.js'
import { LineReader, type LongLine } from './line-reader.js'

export interface LineTransportOptions {
  maxLineBytes: number
  onLongLine: (line: LongLine) => void
  /** Told of what is no JSON (`undefined`) or no message, and of a request that is not a good one. */
  onMalformed: (value: unknown) => void
}

interface Sender {
  resolve: () => void
  reject: (reason: Error) => void
}

const done = Promise.resolve()
/** Node writes a text of up to 16 KB from the stack; for a longer one it has to find memory. */
const maxBatch = 16_384

/** JSON-RPC, a line a message. The SDK's protocol leaves out what is malformed; here it is told of. */
export class LineTransport implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  private closed = false
  /** Messages of one turn of the event loop: they are written together. */
  private batch = ''
  /** The reader is behind. */
  private full = false
  /** Those who wait until the reader has caught up. */
  private waiting: Sender[] = []
  private readonly lines: LineReader

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
    input.on('data', (bytes: Buffer) => this.lines.push(bytes))
    input.on('error', (error) => this.onerror?.(error))
    input.once('end', () => {
      this.lines.end()
      close()
    })
    input.once('close', close)
    output.on('drain', () => {
      this.full = false
      this.release(({ resolve }) => resolve())
    })
    // It stays: what is written to a reader that has gone must end nothing but this connection.
    output.on('error', (error) => {
      if (!this.closed) this.onerror?.(error)
      close()
    })
    if (input.readableEnded || input.destroyed) setImmediate(close)
  }

  send(message: JSONRPCMessage): Promise<void> {
    if (this.closed) return Promise.reject(gone())
    const line = `${JSON.stringify(message)}\n`
    if (this.batch.length + line.length > maxBatch) this.flush()
    if (this.batch === '') setImmediate(() => this.flush())
    this.batch += line
    if (!this.full) return done
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }))
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.flush()
    this.closed = true
    this.input.pause()
    this.release(({ reject }) => reject(gone()))
    this.onclose?.()
  }

  private take(line: string): void {
    if (this.closed) return
    const message = parsed(line)
    if (isMalformed(message)) {
      this.options.onMalformed(message)
      return
    }
    try {
      this.onmessage?.(message as unknown as JSONRPCMessage)
    } catch (error) {
      this.onerror?.(error instanceof Error ? error : new Error(String(error)))
    }
  }

  private flush(): void {
    const { batch } = this
    this.batch = ''
    if (batch !== '' && !this.output.write(batch)) this.full = true
  }

  private release(tell: (sender: Sender) => void): void {
    const senders = this.waiting
    this.waiting = []
    senders.forEach(tell)
  }
}

function gone(): Error {
  return new Error('The connection is closed.')
}

/** `undefined`: it is no JSON. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // What the parser says of it quotes it.
    return undefined
  }
}

function isMalformed(value: unknown): boolean {
  if (!isJsonObject(value) || value.jsonrpc !== '2.0') return true
  return value.method !== undefined && value.id !== undefined && !isJSONRPCRequest(value)
}
