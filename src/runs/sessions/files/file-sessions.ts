import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AgentError } from '../../../agent/errors.js'
import type { CacheMemory } from '../../../agent/model.js'
import {
  changedMeanwhile,
  isEmptyTurn,
  lastUsedFirst,
  nextState,
  toSession,
} from '../session-state.js'
import {
  defaultSessions,
  type Session,
  type SessionKey,
  type SessionLimits,
  type SessionStore,
  type SessionStoreOptions,
  type SessionSummary,
  type Turn,
} from '../session-store.js'
import { LoadedSessions } from './loaded-sessions.js'
import { isMissing, LockQueue, type QueuedLock } from './lock-queue.js'
import {
  deleteSession,
  isSame,
  type LoadedSession,
  type ReadSession,
  readSession,
  readSummary,
  saveSession,
  stampOf,
  touchSession,
} from './session-file.js'
import { inBatches, Sweeper } from './sweeper.js'

/**
 * Sessions in a folder that any number of processes share, one file each. All processes wait in one
 * queue for a session. File names are hashes, so that they reveal no principal. A file's modification
 * time is the time of its last use.
 */
export class FileSessions implements SessionStore {
  readonly limits: SessionLimits
  private readonly ttlMs: number
  private readonly locks: LockQueue
  private readonly sweeper: Sweeper
  private readonly loaded = new LoadedSessions()
  /** The sessions that runs of this process use or wait for. */
  private readonly inUse = new Set<SessionKey>()

  constructor(
    private readonly folder: string,
    options: SessionStoreOptions = {},
    private readonly onDamage: (problem: Error) => void = () => {},
  ) {
    this.limits = options.limits ?? {}
    this.ttlMs = options.ttlMs ?? defaultSessions.ttlMs
    const maxSessions = options.maxSessions ?? defaultSessions.maxSessions
    this.locks = new LockQueue(join(folder, 'line'))
    this.sweeper = new Sweeper(folder, this.locks, { maxSessions, ttlMs: this.ttlMs })
  }

  async acquire(key: SessionKey, signal: AbortSignal, onWait?: () => void): Promise<Session> {
    const name = nameOf(key)
    const used = { ...key }
    this.inUse.add(used)
    let ticket: QueuedLock | undefined
    const leave = async () => {
      this.inUse.delete(used)
      await ticket?.leave()
    }
    try {
      this.sweeper.sweepIfDue()
      ticket = await this.locks.enqueue(name)
      await ticket.turn(signal, onWait)
      const held = ticket
      const { session: before, damaged } = await this.load(name)
      const session = toSession(before?.state)
      const notice = damaged === undefined ? undefined : damageNotice(damaged, before?.turn ?? 0)
      if (notice !== undefined) this.onDamage(new Error(notice))
      return {
        ...session,
        ...(notice !== undefined && { notice }),
        release: async (turn) => {
          try {
            if (turn) await this.save(key, held, before, turn, session.cacheMemory)
          } catch (error) {
            throw storeError(error)
          } finally {
            await leave()
          }
        },
      }
    } catch (error) {
      await leave()
      throw signal.aborted ? error : storeError(error)
    }
  }

  async list(principal: string): Promise<SessionSummary[]> {
    const files = await this.filesOf(principal)
    const summaries = await inBatches(files, async (file) => {
      const path = join(this.folder, file)
      const stamp = await stampOf(path)
      return stamp && !this.expired(stamp.modifiedMs) ? readSummary(path) : undefined
    })
    return lastUsedFirst(summaries.filter((summary) => summary !== undefined))
  }

  async forget(
    principal: string,
    { sessionId, agent }: { sessionId: string; agent?: string | undefined },
    signal: AbortSignal,
  ): Promise<number> {
    const agents = agent === undefined ? await this.agentsOf(principal, sessionId) : [agent]
    let forgotten = 0
    for (const one of agents) {
      const name = nameOf({ principal, agent: one, sessionId })
      const ticket = await this.locks.enqueue(name)
      try {
        await ticket.turn(signal)
        if ((await this.load(name)).session) forgotten++
        this.loaded.delete(name)
        await deleteSession(this.path(name))
      } finally {
        await ticket.leave()
      }
    }
    return forgotten
  }

  /** Returns every agent that has, or is about to have, a session with this id. */
  private async agentsOf(principal: string, sessionId: string): Promise<Set<string>> {
    const keys = [...this.inUse].filter((key) => key.principal === principal)
    const all = [...keys, ...(await this.list(principal))]
    return new Set(all.filter((one) => one.sessionId === sessionId).map(({ agent }) => agent))
  }

  private async filesOf(principal: string): Promise<string[]> {
    try {
      const files = await readdir(this.folder)
      const prefix = principalName(principal)
      return files.filter((file) => file.startsWith(prefix) && file.endsWith('.jsonl'))
    } catch (error) {
      if (isMissing(error)) return []
      throw storeError(error)
    }
  }

  /** Returns a session. The file is read again only if another process has changed it. */
  private async load(name: string): Promise<ReadSession> {
    const path = this.path(name)
    const stamp = await stampOf(path)
    if (!stamp) return { session: undefined }
    let damaged: string | undefined
    if (!this.expired(stamp.modifiedMs)) {
      const known = this.loaded.get(name)
      if (known && isSame(known.stamp, stamp)) return { session: known }
      const found = await readSession(path)
      if (found.session) return { ...found, session: this.loaded.set(name, found.session) }
      damaged = found.damaged
    }
    await deleteSession(path)
    return { session: undefined, ...(damaged !== undefined && { damaged }) }
  }

  private async save(
    key: SessionKey,
    ticket: QueuedLock,
    before: LoadedSession | undefined,
    turn: Turn,
    cacheMemory: CacheMemory,
  ): Promise<void> {
    const name = nameOf(key)
    const path = this.path(name)
    if (isEmptyTurn(before?.state, turn)) {
      const stamp = before && (await touchSession(path))
      if (stamp) this.loaded.set(name, { ...before, stamp })
      return
    }
    if (!(await ticket.isValid()) || !isSame(before?.stamp, await stampOf(path)))
      throw changedMeanwhile(key)
    const state = nextState(key, before?.state, turn, cacheMemory, Date.now())
    this.loaded.set(name, await saveSession(path, before, state))
    if (!before) await this.sweeper.added()
  }

  private expired(lastUsedMs: number): boolean {
    return Date.now() - lastUsedMs > this.ttlMs
  }

  private path(name: string): string {
    return join(this.folder, `${name}.jsonl`)
  }
}

function nameOf({ principal, agent, sessionId }: SessionKey): string {
  return `${principalName(principal)}${hash(JSON.stringify([principal, agent, sessionId]))}`
}

/** Returns the prefix of a principal's file names. */
function principalName(principal: string): string {
  return `${hash(principal)}-`
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function damageNotice(file: string, turns: number): string {
  return `The file of this session is damaged, so the session continues after turn ${turns}. What the file had is in ${file}, in the folder of sessions.`
}

function storeError(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error) || error instanceof AgentError) return error
  return new AgentError({
    code: 'configuration',
    message: `The server cannot save the session (${error.code}).`,
    hint: 'The operator should check that the folder in sessions.dir can be written and its disk has room. Runs without a `sessionId` still work.',
    cause: error,
  })
}
