import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { LockQueue } from './lock-queue.js'
import { deleteSession, stampOf } from './session-file.js'

const hourMs = 60 * 60 * 1000

interface Found {
  file: string
  lastUsedMs: number
}

/**
 * Deletes expired sessions, and the least recently used if there are too many. Runs occasionally, not at
 * each turn. A session in use is never deleted.
 */
export class Sweeper {
  private count = 0
  private sweptAt = -Infinity
  private sweeping: Promise<void> | undefined

  constructor(
    private readonly folder: string,
    private readonly locks: LockQueue,
    private readonly keep: { maxSessions: number; ttlMs: number },
  ) {}

  sweepIfDue(): void {
    if (Date.now() - this.sweptAt > hourMs) void this.sweep()
  }

  /** Counts a new session, and sweeps if there are too many. */
  async added(): Promise<void> {
    await this.sweeping
    this.count++
    if (this.count > this.keep.maxSessions) await this.sweep()
  }

  /** Sweeps. Never fails: an unreadable folder is reported when a session is opened. */
  private sweep(): Promise<void> {
    this.sweptAt = Date.now()
    this.sweeping ??= this.sweepNow()
      .catch(() => {})
      .finally(() => {
        this.sweeping = undefined
      })
    return this.sweeping
  }

  private async sweepNow(): Promise<void> {
    await this.locks.clean()
    const sessions = await this.found()
    const { maxSessions, ttlMs } = this.keep
    // More than necessary is deleted, so that not every new session triggers a sweep.
    const room =
      sessions.length > maxSessions ? maxSessions - Math.floor(maxSessions / 20) : maxSessions
    const oldestAllowed = Date.now() - ttlMs
    this.count = sessions.length
    for (const { file, lastUsedMs } of sessions) {
      if (this.count <= room && lastUsedMs >= oldestAllowed) return
      if (await this.deleteUnlessUsed(file, lastUsedMs)) this.count--
    }
  }

  /** Returns the sessions, least recently used first. */
  private async found(): Promise<Found[]> {
    const files = await readdir(this.folder)
    const found = await inBatches(files, async (file) => {
      const stamp = await stampOf(join(this.folder, file))
      return stamp && { file, lastUsedMs: stamp.modifiedMs }
    })
    const all = found.filter((one) => one !== undefined)
    // These are temporary files of a process that was killed before it renamed them.
    for (const { file, lastUsedMs } of all)
      if (file.endsWith('.tmp') && Date.now() - lastUsedMs > hourMs)
        await deleteSession(join(this.folder, file))
    return all
      .filter(({ file }) => file.endsWith('.jsonl'))
      .sort((one, other) => one.lastUsedMs - other.lastUsedMs)
  }

  private async deleteUnlessUsed(file: string, lastUsedMs: number): Promise<boolean> {
    const path = join(this.folder, file)
    const ticket = await this.locks.enqueue(file.replace(/\.jsonl$/, ''))
    try {
      if (!ticket.first || (await stampOf(path))?.modifiedMs !== lastUsedMs) return false
      await deleteSession(path)
      return true
    } finally {
      await ticket.leave()
    }
  }
}

/** Applies `work` to all items, in batches of 32. */
export async function inBatches<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const size = 32
  const results: Result[] = []
  for (let start = 0; start < items.length; start += size)
    results.push(...(await Promise.all(items.slice(start, start + size).map(work))))
  return results
}
