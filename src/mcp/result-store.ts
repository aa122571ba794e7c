export interface StoredResult {
  text: string
  mimeType: string
}

interface Entry extends StoredResult {
  principal: string
  bytes: number
}

/**
 * Keeps tool results that were too long for a model, so that people can read them. They are in
 * memory, and the least recently read are dropped first. Only the owner of the run can read them.
 */
export class ResultStore {
  /** Least recently used first. */
  private readonly entries = new Map<string, Entry>()
  private bytes = 0

  constructor(private readonly maxBytes = 32 * 1024 * 1024) {}

  /** Returns the id of the result; `undefined` if it is too large to keep. */
  keep(principal: string, { text, mimeType }: StoredResult): string | undefined {
    const bytes = Buffer.byteLength(text)
    if (bytes > this.maxBytes) return undefined
    const id = crypto.randomUUID()
    this.entries.set(id, { principal, text, mimeType, bytes })
    this.bytes += bytes
    for (const [oldest, entry] of this.entries) {
      if (this.bytes <= this.maxBytes) break
      this.entries.delete(oldest)
      this.bytes -= entry.bytes
    }
    return id
  }

  /** Returns `undefined` if the result is unknown, was dropped or has another owner. */
  get(id: string, principal: string): StoredResult | undefined {
    const entry = this.entries.get(id)
    if (!entry || entry.principal !== principal) return undefined
    this.entries.delete(id)
    this.entries.set(id, entry)
    return { text: entry.text, mimeType: entry.mimeType }
  }
}
