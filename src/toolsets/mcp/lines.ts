const newline = 0x0a

/** Splits a stream of bytes into lines. Fails on a line that is too long, to bound the memory. */
export class Lines {
  private pending: Buffer[] = []
  private bytes = 0

  constructor(private readonly maxBytes: number) {}

  /** Returns the lines that this chunk completes. */
  push(chunk: Buffer): string[] {
    const lines: string[] = []
    let rest = chunk
    for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline)) {
      lines.push(Buffer.concat([...this.pending, rest.subarray(0, end)]).toString('utf8'))
      this.pending = []
      this.bytes = 0
      rest = rest.subarray(end + 1)
    }
    this.pending.push(rest)
    this.bytes += rest.length
    if (this.bytes > this.maxBytes)
      throw new Error(`A message is longer than ${this.maxBytes} bytes.`)
    return lines
  }
}
