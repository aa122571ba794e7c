import type { Writable } from 'node:stream'

/**
 * Limits the text that is buffered for a client that reads stderr slowly. Lines above the limit are
 * dropped.
 */
const maxWaitingLength = 2 * 1024 * 1024
const warnLevel = 40

/**
 * Writes to stderr without waiting for its reader, because a client that never reads stderr must
 * not block the server. Lines above the buffer limit are dropped and counted. The count is written
 * when the buffer has room again.
 */
export class BoundedWriter {
  private dropped = 0

  constructor(private readonly stream: Writable) {
    // A client may close its end of stderr and continue.
    stream.on('error', () => {})
    stream.on('drain', () => this.reportDropped())
  }

  write(line: string): void {
    if (this.stream.writableLength > maxWaitingLength) {
      this.dropped++
      return
    }
    this.reportDropped()
    this.stream.write(line)
  }

  /** Resolves when everything has been written, or after `withinMs`. */
  async flush(withinMs: number): Promise<void> {
    // The logger writes its lines one turn of the event loop later.
    await new Promise((resolve) => setImmediate(resolve))
    if (this.stream.writableLength === 0) return
    await new Promise<void>((resolve) => {
      this.stream.once('drain', resolve)
      setTimeout(resolve, withinMs)
    })
  }

  private reportDropped(): void {
    const { dropped } = this
    if (dropped === 0) return
    this.dropped = 0
    const msg = 'log lines were dropped, because stderr was not read'
    this.stream.write(`${JSON.stringify({ level: warnLevel, time: Date.now(), dropped, msg })}\n`)
  }
}

let writer: BoundedWriter | undefined

/** Returns the writer for the stderr of this process. */
export function stderrWriter(): BoundedWriter {
  writer ??= new BoundedWriter(nonBlocking(process.stderr))
  return writer
}

/**
 * Makes a stderr pipe non-blocking on Windows, where Node's pipe blocks after 4 KB. On other
 * systems, it never blocks.
 */
function nonBlocking(stderr: Writable): Writable {
  const handle: unknown = process.platform === 'win32' ? Reflect.get(stderr, '_handle') : undefined
  if (typeof handle === 'object' && handle !== null && 'setBlocking' in handle) {
    const { setBlocking } = handle
    if (typeof setBlocking === 'function') setBlocking.call(handle, false)
  }
  return stderr
}
