import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { AgentError } from '../../../agent/errors.js'
import { untilAborted } from '../../../util/until-aborted.js'

const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
const instance = randomUUID().slice(0, 8)
let issued = 0

const heartbeatMs = 15_000
/** A file without a heartbeat for this long belongs to a dead process. */
const staleMs = 60_000
const shortestPollMs = 10
const longestPollMs = 100

/** A place in the queue for a name. */
export interface QueuedLock {
  /** Resolves when all earlier locks are released. Rejects with the signal's reason if it aborts. */
  turn(signal: AbortSignal, onWait?: () => void): Promise<void>
  /** True if no earlier lock was in the queue when this one was issued. */
  readonly first: boolean
  /** Returns false if other processes presumed this one dead and took the lock. */
  isValid(): Promise<boolean>
  leave(): Promise<void>
}

/**
 * Queues of locks, one for each name, for processes that share a folder. A lock is an empty file whose
 * name contains the queue, a number and the process. The lowest number holds the lock. File names are
 * never reused, so that any process may delete the file of a dead process.
 */
export class LockQueue {
  /** The locks of this process, with a promise that settles when each is released. */
  private readonly own = new Map<string, Promise<void>>()
  private enqueuing: Promise<unknown> = Promise.resolve()
  private heartbeat: NodeJS.Timeout | undefined

  constructor(private readonly folder: string) {}

  /** Draws locks in the order in which it is called. */
  enqueue(name: string): Promise<QueuedLock> {
    const ticket = this.enqueuing.then(() => this.enqueueNow(name))
    this.enqueuing = ticket.catch(() => {})
    return ticket
  }

  private async enqueueNow(name: string): Promise<QueuedLock> {
    while (true) {
      const last = (await this.line(name)).at(-1)
      const file = fileName(name, last === undefined ? 1 : numberOf(last) + 1)
      await writeFile(join(this.folder, file), '', { flag: 'wx', mode: 0o600 })
      const line = await this.line(name)
      if (line.at(-1) === file) return this.ticket(name, file, line[0] === file)
      // The owner of a later file may have listed the folder before this file existed, and hold the lock.
      await this.remove(file)
    }
  }

  private ticket(name: string, file: string, first: boolean): QueuedLock {
    let settle: () => void = () => {}
    const left = new Promise<void>((resolve) => {
      settle = resolve
    })
    this.own.set(file, left)
    this.heartbeat ??= setInterval(() => this.touch(), heartbeatMs).unref()
    return {
      first,
      turn: (signal, onWait) => (first ? this.now(signal) : this.turn(name, file, signal, onWait)),
      isValid: () => this.exists(file),
      leave: async () => {
        await this.remove(file)
        this.own.delete(file)
        settle()
        if (this.own.size > 0) return
        clearInterval(this.heartbeat)
        this.heartbeat = undefined
      },
    }
  }

  private async now(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
  }

  private async turn(
    name: string,
    file: string,
    signal: AbortSignal,
    onWait?: () => void,
  ): Promise<void> {
    const { aborted, stop } = untilAborted(signal)
    let waiting = false
    try {
      while (true) {
        const line = await Promise.race([this.line(name), aborted])
        if (!line.includes(file)) throw lockLost()
        const before = line[line.indexOf(file) - 1]
        if (before === undefined) return
        if (!waiting) onWait?.()
        waiting = true
        await this.waitUntilGone(before, aborted)
      }
    } finally {
      stop()
    }
  }

  private async waitUntilGone(file: string, aborted: Promise<never>): Promise<void> {
    const left = this.own.get(file)
    if (left) return Promise.race([left, aborted])
    for (let wait = shortestPollMs; ; wait = Math.min(2 * wait, longestPollMs)) {
      if (!(await this.exists(file))) return
      if (await this.isStale(file)) return this.remove(file)
      await Promise.race([new Promise((resolve) => setTimeout(resolve, wait)), aborted])
    }
  }

  /** Returns the locks for a name, lowest first. */
  private async line(name: string): Promise<string[]> {
    const files = await this.files()
    return files.filter((file) => file.startsWith(`${name}.`)).sort()
  }

  private async files(): Promise<string[]> {
    try {
      return await readdir(this.folder)
    } catch (error) {
      if (!isMissing(error)) throw error
      await mkdir(this.folder, { recursive: true, mode: 0o700 })
      return []
    }
  }

  /** Deletes the files of dead processes. */
  async clean(): Promise<void> {
    for (const file of await this.files()) if (await this.isStale(file)) await this.remove(file)
  }

  private async isStale(file: string): Promise<boolean> {
    const [itsHost, pid, itsInstance] = file.split('.').slice(2)
    if (itsHost === host) {
      if (Number(pid) === process.pid ? itsInstance !== instance : !isAlive(Number(pid)))
        return true
    }
    // Process ids are reused, and are meaningless on other machines.
    const found = await stat(join(this.folder, file)).catch(() => undefined)
    return found !== undefined && Date.now() - found.mtimeMs > staleMs
  }

  private async exists(file: string): Promise<boolean> {
    try {
      await stat(join(this.folder, file))
      return true
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
  }

  private async remove(file: string): Promise<void> {
    await unlink(join(this.folder, file)).catch(() => {})
  }

  private touch(): void {
    const now = new Date()
    for (const file of this.own.keys()) utimes(join(this.folder, file), now, now).catch(() => {})
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function lockLost(): AgentError {
  return new AgentError({
    code: 'timeout',
    message: 'The server was paused for so long that it lost the lock of the session.',
    hint: 'Call again.',
    retryable: true,
    unsent: true,
  })
}

function fileName(name: string, number: number): string {
  issued++
  return [name, String(number).padStart(12, '0'), host, process.pid, instance, issued].join('.')
}

function numberOf(file: string): number {
  return Number(file.split('.')[1])
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
