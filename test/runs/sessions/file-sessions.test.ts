import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '../../../src/agent/messages/content.js'
import { FileSessions } from '../../../src/runs/sessions/files/file-sessions.js'
import { readLog } from '../../../src/runs/sessions/files/session-log.js'
import { temporaryFolder } from '../../helpers/config-file.js'
import { key, message, never, say, texts, turn } from '../../helpers/session-turns.js'

let folder: string
beforeEach(() => {
  folder = temporaryFolder()
})

const anew = () => new FileSessions(folder)

/** The one session's file. */
function file(): string {
  const [name, ...others] = readdirSync(folder).filter((one) => one.endsWith('.jsonl'))
  expect(others).toEqual([])
  return join(folder, name as string)
}

describe('a damaged file', () => {
  const problems: Error[] = []
  const damagedFiles = () => readdirSync(folder).filter((one) => one.includes('.damaged-'))

  async function damage(change: (log: string) => string) {
    for (const text of ['one', 'two', 'three']) await say(anew(), text, 'one')
    writeFileSync(file(), change(readFileSync(file(), 'utf8')))
    problems.length = 0
    const store = new FileSessions(folder, {}, (problem) => problems.push(problem))
    const { messages, notice, release } = await store.acquire(key('one'), never)
    await release()
    return { said: messages.length, notice, store }
  }

  test('continues after the turns before the damage, and is kept', async () => {
    const edited = (log: string) => log.replace('two', 'TWO')
    const { said, notice } = await damage(edited)
    expect(said).toBe(1)
    expect(notice).toContain('turn 1')
    const [name = ''] = damagedFiles()
    expect(notice).toContain(name)
    expect(readFileSync(join(folder, name), 'utf8')).toContain('three')
    expect(problems).toHaveLength(1)
  })

  test('is reported once, and the session goes on', async () => {
    await damage((log) => log.replace('two', 'TWO'))
    const next = await anew().acquire(key('one'), never)
    expect(next.notice).toBeUndefined()
    await next.release()
    await say(anew(), 'four', 'one')
    expect(await texts(anew(), 'one')).toEqual(['one', 'four'])
    expect(damagedFiles()).toHaveLength(1)
  })

  test('is kept if nothing of it can be read', async () => {
    const { said, notice } = await damage(() => 'not\na session\n')
    expect(said).toBe(0)
    expect(notice).toContain('damaged')
    expect(damagedFiles()).toHaveLength(1)
  })

  test('is whole if only its line endings were converted', async () => {
    const { said, notice, store } = await damage((log) => log.replaceAll('\n', '\r\n'))
    expect(said).toBe(3)
    expect(notice).toBeUndefined()
    await say(store, 'four', 'one')
    expect(await texts(anew(), 'one')).toEqual(['one', 'two', 'three', 'four'])
  })
})

describe('a write that was cut off', () => {
  /** A file of three turns, and where each of them ends. */
  async function threeTurns() {
    const store = anew()
    const ends: number[] = []
    for (const text of ['one', 'zwei ü\n', 'three 🎉']) {
      await say(store, text, 'one')
      ends.push(statSync(file()).size)
    }
    return { log: readFileSync(file()), ends }
  }

  test('loses the turn that it was of and none before, wherever it was cut', async () => {
    const { log, ends } = await threeTurns()
    for (let length = 0; length <= log.length; length++) {
      const whole = ends.filter((end) => end <= length)
      const { session: found, isDamaged } = readLog(log.subarray(0, length))
      expect(isDamaged).toBe(false)
      expect(found?.state.messages.length ?? 0).toBe(whole.length)
      expect(found?.end).toBe(whole.at(-1))
    }
  })

  test('or wherever a byte of it is wrong', async () => {
    const { log, ends } = await threeTurns()
    const [, second = 0] = ends
    const kept = readLog(log.subarray(0, second)).session?.state.messages
    expect(kept).toHaveLength(2)
    for (let at = second; at < log.length; at++) {
      const damaged = Buffer.from(log)
      damaged[at] = (damaged[at] as number) ^ 1
      expect(readLog(damaged).session?.state.messages).toEqual(kept)
    }
  })

  test('is mended by the next turn', async () => {
    const { log, ends } = await threeTurns()
    for (const length of [(ends[1] as number) + 1, log.length - 1, ends[1] as number]) {
      writeFileSync(file(), log)
      truncateSync(file(), length)
      const store = anew()
      expect(await store.list('ada')).toMatchObject([{ messages: 2 }])
      await say(store, 'four', 'one')
      expect(await texts(anew(), 'one')).toEqual(['one', 'zwei ü\n', 'four'])
    }
  })

  test('at the very first turn leaves a session that is new', async () => {
    const { log, ends } = await threeTurns()
    writeFileSync(file(), log.subarray(0, (ends[0] as number) - 1))
    expect(await anew().list('ada')).toEqual([])
    expect(await texts(anew(), 'one')).toEqual([])
    await say(anew(), 'again', 'one')
    expect(await texts(anew(), 'one')).toEqual(['again'])
  })
})

test('everything is there again after a restart', async () => {
  const store = anew()
  const session = await store.acquire(key('one'), never)
  session.cacheMemory.set('system[0]', 'hash')
  await session.release(turn([message('Hello')], 7, 0.25))
  const again = await anew().acquire(key('one'), never)
  expect(again.messages).toEqual([message('Hello')])
  expect([...again.cacheMemory]).toEqual([['system[0]', 'hash']])
  expect(again.spent).toMatchObject({ usage: { totalTokens: 7 }, costUsd: 0.25 })
  await again.release()
  expect(await anew().list('ada')).toEqual(await store.list('ada'))
})

describe('a history that is shortened', () => {
  const long = (text: string) => message(`${text} ${'x'.repeat(1_000)}`)

  async function turns(count: number, change: (messages: Message[], index: number) => Message[]) {
    const store = anew()
    let messages: Message[] = []
    for (let index = 0; index < count; index++) {
      const session = await store.acquire(key('one'), never)
      messages = change([...session.messages], index)
      await session.release(turn(messages))
    }
    const found = await anew().acquire(key('one'), never)
    await found.release()
    expect(found.messages).toEqual(messages)
  }

  test('by a window that moves on keeps its file short', async () => {
    await turns(400, (messages, index) => [...messages.slice(-9), long(`${index}`)])
    // Four hundred messages of a kilobyte went through it.
    expect(statSync(file()).size).toBeLessThan(70_000)
  })

  test('in its midst, or replaced as a whole, is kept as it is', async () => {
    await turns(30, (messages, index) => {
      if (index % 7 === 3) return messages.with(1, message('cut'))
      if (index % 7 === 6) return [message('A summary'), ...messages.slice(-2)]
      return [...messages, long(`${index}`)]
    })
  })

  test('to nothing is nothing', async () => {
    await turns(3, (messages, index) => (index === 1 ? [] : [...messages, long('again')]))
  })

  test('leaves a file that grows with each turn alone until most of it is past', async () => {
    const sizes: number[] = []
    await turns(100, (messages) => {
      if (messages.length > 0) sizes.push(statSync(file()).size)
      return [...messages, message('short')]
    })
    expect(sizes.filter((size, index) => size < (sizes[index - 1] ?? 0)).length).toBeLessThan(3)
  })
})

describe('what others do with the folder', () => {
  test('each store sees the turns of the other', async () => {
    const [one, other] = [anew(), anew()]
    for (const [index, store] of [one, other, one, one, other].entries())
      await say(store, `${index}`, 'one')
    expect(await texts(one, 'one')).toEqual(['0', '1', '2', '3', '4'])
    expect(await texts(other, 'one')).toEqual(['0', '1', '2', '3', '4'])
  })

  test('a session that was changed behind a run’s back is not overwritten', async () => {
    const store = anew()
    await say(store, 'one', 'one')
    const log = readFileSync(file())
    await say(store, 'two', 'one')
    const longer = readFileSync(file())
    writeFileSync(file(), log)
    const session = await store.acquire(key('one'), never)
    expect(session.messages).toHaveLength(1)
    writeFileSync(file(), longer)
    const late = session.release(turn([...session.messages, message('late')]))
    await expect(late).rejects.toMatchObject({ code: 'providerError', retryable: true })
    expect(await texts(store, 'one')).toEqual(['one', 'two'])
  })

  test('a folder that is deleted is a folder that is empty', async () => {
    const store = anew()
    await say(store, 'one', 'one')
    rmSync(folder, { recursive: true })
    expect(await store.list('ada')).toEqual([])
    expect(await texts(store, 'one')).toEqual([])
    await say(store, 'two', 'one')
    expect(await texts(anew(), 'one')).toEqual(['two'])
  })

  test('files that are none of ours stay', async () => {
    appendFileSync(join(folder, 'README.txt'), 'mine')
    await say(new FileSessions(folder, { maxSessions: 1 }), 'one', 'one')
    await say(new FileSessions(folder, { maxSessions: 1 }), 'two', 'two')
    expect(existsSync(join(folder, 'README.txt'))).toBe(true)
  })
})

describe('the line for a session', () => {
  const line = () => join(folder, 'line')

  /** A ticket before all others, of a process of our choice. */
  async function ticketBefore(change: (parts: string[]) => void): Promise<string> {
    const held = await anew().acquire(key('one'), never)
    const [own] = readdirSync(line())
    await held.release()
    const parts = (own as string).split('.')
    change(parts)
    const path = join(line(), parts.join('.'))
    writeFileSync(path, '')
    return path
  }

  async function waits(): Promise<boolean> {
    const cancel = new AbortController()
    setTimeout(() => cancel.abort(new Error('waited')), 300)
    const session = await anew()
      .acquire(key('one'), cancel.signal)
      .catch(() => undefined)
    await session?.release()
    return session === undefined
  }

  test('has nobody in it when all have left', async () => {
    const store = anew()
    const cancel = new AbortController()
    const held = await store.acquire(key('one'), never)
    const waiting = store.acquire(key('one'), cancel.signal)
    cancel.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await held.release()
    expect(readdirSync(line())).toEqual([])
  })

  test('goes past a process of this machine that is dead', async () => {
    // No process has so high a number.
    const path = await ticketBefore((parts) => parts.splice(3, 1, String(2 ** 30)))
    expect(await waits()).toBe(false)
    expect(existsSync(path)).toBe(false)
  })

  test('goes past an earlier process that had our number', async () => {
    await ticketBefore((parts) => parts.splice(4, 1, 'earlier'))
    expect(await waits()).toBe(false)
  })

  test('waits for another machine, as long as that shows life', async () => {
    const path = await ticketBefore((parts) => parts.splice(2, 1, 'another'))
    expect(await waits()).toBe(true)
    const before = new Date(Date.now() - 120_000)
    utimesSync(path, before, before)
    expect(await waits()).toBe(false)
  })
})
