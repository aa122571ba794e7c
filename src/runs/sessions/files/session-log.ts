import { createHash } from 'node:crypto'
import type { Message } from '../../../agent/messages/content.js'
import { isJsonObject, parseJsonObject } from '../../../util/json.js'
import type { SessionState } from '../session-state.js'
import type { SessionSummary } from '../session-store.js'

/*
 * A session's file is a log with two lines for each turn, each ended by a newline. The first line has
 * the range of earlier messages that are kept, and the messages that follow them. The second line has
 * everything else, and a digest of both lines. A turn without a valid digest, or out of sequence, was
 * never committed.
 */

interface Change {
  kept: [from: number, to: number]
  added: Message[]
}

interface Seal {
  turn: number
  session: SessionSummary
  cacheMemory: [string, string][]
  /** SHA-256 over the first line and the members above. */
  sha256: string
}

export interface LoggedSession {
  readonly state: SessionState
  /** The number of the last turn. */
  readonly turn: number
  /** The end of the log. Bytes after it belong to an interrupted write. */
  readonly end: number
  /** The approximate length of the messages as JSON. The rest of the log is obsolete. */
  readonly live: number
}

/** Returns the lines of the next turn, or of a new log that starts with it. */
export function logTurn(
  before: LoggedSession | undefined,
  state: SessionState,
): { lines: Buffer; turn: number; live: number } {
  const old = before?.state.messages ?? []
  const { from, to } = keptRange(old, state.messages)
  const added = state.messages.slice(to - from)
  const change = JSON.stringify({ kept: [from, to], added } satisfies Change)
  const turn = (before?.turn ?? 0) + 1
  const lines = Buffer.from(`${change}\n${seal(change, turn, state)}\n`)
  const dropped = jsonLength([...old.slice(0, from), ...old.slice(to)])
  return { lines, turn, live: (before?.live ?? 0) - dropped + change.length }
}

/** Returns a log of the same turn without obsolete parts. */
export function compactLog(state: SessionState, turn: number): Buffer {
  const change = JSON.stringify({ kept: [0, 0], added: [...state.messages] } satisfies Change)
  return Buffer.from(`${change}\n${seal(change, turn, state)}\n`)
}

export interface ReadLog {
  /** The session up to the last committed turn; `undefined` if no turn was committed. */
  session: LoggedSession | undefined
  /**
   * Whether complete lines follow that are not the next turn. An interrupted write leaves incomplete
   * lines only, so the file was changed by something else.
   */
  isDamaged: boolean
}

const lineFeed = 10
const carriageReturn = 13

/** Returns the logged session. Lines may end in CRLF, because editors convert files. */
export function readLog(log: Buffer): ReadLog {
  let messages: Message[] = []
  let last: Seal | undefined
  let end = 0
  let isDamaged = false
  while (true) {
    const middle = log.indexOf(lineFeed, end)
    const next = middle === -1 ? -1 : log.indexOf(lineFeed, middle + 1)
    if (next === -1) break
    isDamaged = true
    const change = log.subarray(end, middle - (log[middle - 1] === carriageReturn ? 1 : 0))
    const found = parseSeal(log.toString('utf8', middle + 1, next).trimEnd())
    if (!found || found.sha256 !== sealed(change, found).sha256) break
    if (last && found.turn !== last.turn + 1) break
    isDamaged = false
    // The digest proves that the line is complete and unchanged.
    const { kept, added } = JSON.parse(change.toString()) as Change
    messages = [...messages.slice(...kept), ...added]
    last = found
    end = next + 1
  }
  if (!last) return { session: undefined, isDamaged }
  const cacheMemory = new Map(last.cacheMemory)
  const state = { messages, cacheMemory, summary: last.session }
  return { session: { state, turn: last.turn, end, live: jsonLength(messages) }, isDamaged }
}

/** Returns the summary of the last committed turn in the tail of a log, which may start within a line. */
export function lastSummary(tail: string): SessionSummary | undefined {
  const lines = tail.split('\n').slice(1, -1)
  return lines.map(parseSeal).findLast((found) => found !== undefined)?.session
}

/** Returns the longest range of old messages with which the new list starts. */
function keptRange(old: readonly Message[], messages: readonly Message[]) {
  const [first] = messages
  const from = first === undefined ? -1 : old.indexOf(first)
  if (from === -1) return { from: 0, to: 0 }
  let to = from
  while (to < old.length && old[to] === messages[to - from]) to++
  return { from, to }
}

function seal(change: string, turn: number, { summary, cacheMemory }: SessionState): string {
  const line = { turn, session: summary, cacheMemory: [...cacheMemory] }
  return JSON.stringify(sealed(change, line))
}

function sealed(
  change: string | Buffer,
  { turn, session, cacheMemory }: Omit<Seal, 'sha256'>,
): Seal {
  const line = { turn, session, cacheMemory }
  const hash = createHash('sha256').update(change).update('\n').update(JSON.stringify(line))
  return { ...line, sha256: hash.digest('base64') }
}

function parseSeal(line: string): Seal | undefined {
  if (!line.startsWith('{"turn":')) return undefined
  const found = parseJsonObject(line)
  const whole = typeof found?.sha256 === 'string' && isJsonObject(found.session)
  return whole ? (found as unknown as Seal) : undefined
}

function jsonLength(messages: readonly Message[]): number {
  return messages.length === 0 ? 0 : JSON.stringify(messages).length
}
