import { randomUUID } from 'node:crypto'
import { copyFile, type FileHandle, open, rename, stat, unlink, utimes } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { SessionState } from '../session-state.js'
import type { SessionSummary } from '../session-store.js'
import { isMissing } from './lock-queue.js'
import { compactLog, type LoggedSession, lastSummary, logTurn, readLog } from './session-log.js'

const mode = 0o600
/** A shorter log is not compacted. */
const compactFrom = 64 * 1024
const tailBytes = 8 * 1024

/** Identifies one state of a file. */
export interface Stamp {
  readonly inode: number
  readonly size: number
  readonly modifiedMs: number
}

export interface LoadedSession extends LoggedSession {
  readonly stamp: Stamp
}

export interface ReadSession {
  /** `undefined` if the file has no committed turn. */
  session: LoadedSession | undefined
  /** The name of the copy of a damaged file, which has everything that the file had. */
  damaged?: string
}

/** Returns the stamp of a file; `undefined` if the file does not exist. */
export async function stampOf(path: string): Promise<Stamp | undefined> {
  return unlessMissing(async () => toStamp(await stat(path)))
}

export function isSame(one: Stamp | undefined, other: Stamp | undefined): boolean {
  return (
    one?.inode === other?.inode &&
    one?.size === other?.size &&
    one?.modifiedMs === other?.modifiedMs
  )
}

/**
 * Returns a session. A damaged file is set aside, and the turns before the damage continue the
 * session.
 */
export async function readSession(path: string): Promise<ReadSession> {
  const { log, stamp } = await withFile(path, 'r', async (file) => ({
    stamp: toStamp(await file.stat()),
    log: await file.readFile(),
  }))
  const { session, isDamaged } = readLog(log)
  if (!isDamaged) return { session: session && { ...session, stamp } }
  const aside = `${path}.damaged-${randomUUID()}`
  await copyFile(path, aside)
  if (!session) return { session: undefined, damaged: basename(aside) }
  const whole = await replace(path, log.subarray(0, session.end))
  return { session: { ...session, stamp: whole }, damaged: basename(aside) }
}

/** Returns the summary at the end of the file, without reading the whole file. */
export async function readSummary(path: string): Promise<SessionSummary | undefined> {
  const found = await unlessMissing(() =>
    withFile(path, 'r', async (file) => {
      const { size } = await file.stat()
      const length = Math.min(size, tailBytes)
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
      return lastSummary(buffer.toString('utf8', 0, bytesRead))
    }),
  )
  return found ?? (await unlessMissing(() => readSession(path)))?.session?.state.summary
}

/**
 * Commits a turn. When this resolves, the turn is on the disk and survives a crash or a power failure.
 * A log that is mostly obsolete is compacted.
 */
export async function saveSession(
  path: string,
  before: LoadedSession | undefined,
  state: SessionState,
): Promise<LoadedSession> {
  const { lines, turn, live } = logTurn(before, state)
  const start = before?.end ?? 0
  const size = start + lines.length
  if (before && size > compactFrom && size > 2 * live) {
    const log = compactLog(state, turn)
    const end = log.length
    return { state, turn, live: end, end, stamp: await replace(path, log) }
  }
  const stamp = await append(path, lines, start, before !== undefined && before.stamp.size > start)
  if (!before) await syncFolder(path)
  return { state, turn, live, end: size, stamp }
}

/** Marks a file as used now. */
export async function touchSession(path: string): Promise<Stamp | undefined> {
  const now = new Date()
  await unlessMissing(() => utimes(path, now, now))
  return stampOf(path)
}

export async function deleteSession(path: string): Promise<void> {
  await unlessMissing(() => unlink(path))
}

/** Appends after the committed part, and replaces the rest of an interrupted write. */
async function append(path: string, lines: Buffer, end: number, torn: boolean): Promise<Stamp> {
  return withFile(path, 'a', async (file) => {
    if (torn) await file.truncate(end)
    try {
      await file.appendFile(lines)
      await file.datasync()
    } catch (error) {
      await file.truncate(end).catch(() => {})
      throw error
    }
    return toStamp(await file.stat())
  })
}

async function replace(path: string, log: Buffer): Promise<Stamp> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    const stamp = await withFile(temporary, 'wx', async (file) => {
      await file.writeFile(log)
      await file.datasync()
      return toStamp(await file.stat())
    })
    await rename(temporary, path)
    await syncFolder(path)
    return stamp
  } catch (error) {
    await deleteSession(temporary)
    throw error
  }
}

/** Syncs a folder, because a new file survives a power failure only once its folder is on the disk. */
async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders, and does not need this.
  if (process.platform === 'win32') return
  await withFile(dirname(path), 'r', (folder) => folder.sync())
}

async function withFile<T>(
  path: string,
  flags: 'r' | 'a' | 'wx',
  work: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(path, flags, mode)
  try {
    return await work(file)
  } finally {
    await file.close()
  }
}

async function unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function toStamp({ ino, size, mtimeMs }: { ino: number; size: number; mtimeMs: number }): Stamp {
  return { inode: ino, size, modifiedMs: mtimeMs }
}
