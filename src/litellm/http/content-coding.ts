import type { Transform } from 'node:stream'
import { ReplyError } from './reply-head.js'

interface Output {
  piece(bytes: Buffer): void
  end(): void
  fail(reason: unknown): void
}

/**
 * Decodes a body with a `Content-Encoding`. Gateways compress replies even if the request did not
 * allow it.
 */
export class Decoder {
  /**
   * Holds the decompressors in the order in which they process the bytes. They are created with the
   * first bytes.
   */
  private steps: Transform[] | undefined

  /** @param codings the codings of the header, in the order in which the server applied them */
  constructor(
    private readonly codings: readonly string[],
    private readonly output: Output,
  ) {}

  write(bytes: Buffer): void {
    this.steps ??= this.open(bytes)
    this.steps[0]?.write(bytes)
  }

  end(): void {
    if (this.steps) this.steps[0]?.end()
    else this.output.end()
  }

  setPaused(paused: boolean): void {
    const last = this.steps?.at(-1)
    if (paused) last?.pause()
    else last?.resume()
  }

  destroy(): void {
    for (const step of this.steps ?? []) step.destroy()
  }

  private open(bytes: Buffer): Transform[] {
    const { output } = this
    const steps = this.codings.toReversed().map((coding) => decompressor(coding, bytes))
    for (const [index, step] of steps.entries()) {
      step.on('error', ({ message }) => {
        output.fail(new ReplyError(`The compressed reply cannot be decoded: ${message}.`))
      })
      const next = steps[index + 1]
      if (next) step.pipe(next)
      else step.on('data', (piece: Buffer) => output.piece(piece)).on('end', () => output.end())
    }
    return steps
  }
}

/** Returns the names in a `Content-Encoding` that change the body. */
export function codingsIn(contentEncoding: string | undefined): string[] {
  if (contentEncoding === undefined) return []
  const names = contentEncoding.toLowerCase().split(/[\s,]+/)
  return names.filter((name) => name !== '' && name !== 'identity')
}

/** Returns a decompressor. The zlib module is loaded only if a reply is compressed. */
function decompressor(coding: string, bytes: Buffer): Transform {
  const zlib = process.getBuiltinModule('node:zlib')
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip()
    case 'deflate':
      // Some servers omit the zlib header. The low four bits of its first byte are 8.
      return ((bytes[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw()
    case 'br':
      return zlib.createBrotliDecompress()
    default:
      throw new ReplyError(`The reply has the unknown content-encoding ${JSON.stringify(coding)}.`)
  }
}
