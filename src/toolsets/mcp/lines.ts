const newline = 0x0a

/** Cuts a stream of bytes into lines. A line that never ends is an error, not a full memory. */
export class Lines {
  private pending: Buffer[] = []
  private bytes = 0

  constructor(private readonly maxBytes: number) {}

  /** The lines that are whole with this chunk. */
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
