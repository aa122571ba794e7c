import { readdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../../src/runs/postgres/database.js'
import { Notifications } from '../../../src/runs/postgres/notifications.js'
import { PostgresSessions } from '../../../src/runs/postgres/postgres-sessions.js'
import type { Database } from '../../../src/runs/postgres/queryable.js'
import { FileSessions } from '../../../src/runs/sessions/files/file-sessions.js'
import { MemorySessions } from '../../../src/runs/sessions/memory-sessions.js'
import type { SessionStore, SessionStoreOptions } from '../../../src/runs/sessions/session-store.js'
import { temporaryFolder } from '../../helpers/config-file.js'
import { startPostgres, type TestDatabase, type TestPostgres } from '../../helpers/postgres.js'
import { key, message, never, say, texts, turn } from '../../helpers/session-turns.js'

interface Shared {
  database: Database
  notifications: Notifications
  query: TestDatabase['query']
}

interface Kind {
  store: SessionStore
  /** Lets this much time pass for everything that is kept. */
  age(ms: number): void | Promise<void>
}

let postgres: TestPostgres
let shared: Shared

beforeAll(async () => {
  postgres = await startPostgres()
  const { url, query } = await postgres.database()
  // When the server stops, its connections break.
  const { database } = await openDatabase(url, () => {})
  const notifications = new Notifications(database, url, () => {})
  shared = { query, notifications, database }
  await notifications.open()
})

afterAll(async () => {
  await shared.notifications.close()
  await shared.database.close()
  await postgres.stop()
})

const kinds: Record<string, (options?: SessionStoreOptions) => Kind | Promise<Kind>> = {
  memory: (options) => {
    let now = Date.now()
    const store = new MemorySessions({ ...options, now: () => now })
    const age = (ms: number) => {
      now += ms
    }
    return { store, age }
  },
  postgres: async (options) => {
    const { database, notifications, query } = shared
    await query('TRUNCATE litellm_agents.sessions, litellm_agents.session_turns')
    const store = new PostgresSessions(database, notifications, { ...options, onError: fail })
    const older = "UPDATE litellm_agents.sessions SET last_used = last_used - $1 * interval '1 ms'"
    return { store, age: async (ms) => void (await query(older, [ms])) }
  },
  files: (options) => {
    const folder = temporaryFolder()
    const age = (ms: number) => {
      for (const file of readdirSync(folder).map((name) => join(folder, name))) {
        const before = new Date(statSync(file).mtimeMs - ms)
        utimesSync(file, before, before)
      }
    }
    return { store: new FileSessions(folder, options), age }
  },
}

const fail = (error: unknown) => {
  throw error
}

describe.each(Object.entries(kinds))('sessions in %s', (_, open) => {
  test('a session is its principal’s, its agent’s, and has a name', async () => {
    const { store } = await open()
    await say(store, 'Hello', 'one')
    await say(store, 'Again', 'one')
    expect(await texts(store, 'one')).toEqual(['Hello', 'Again'])
    expect(await texts(store, 'two')).toEqual([])
    expect(await texts(store, 'one', 'eve')).toEqual([])
    expect(await texts(store, 'one', 'ada', 'reviewer')).toEqual([])
  })

  test('runs take turns in the order they came', async () => {
    const { store } = await open()
    const order: string[] = []
    const waited: string[] = []
    const run = async (name: string) => {
      const session = await store.acquire(key('queue'), never, () => waited.push(name))
      order.push(name)
      await new Promise((resolve) => setTimeout(resolve, 5))
      await session.release(turn([...session.messages, message(name)]))
    }
    const names = [...'abcdefgh']
    await Promise.all(names.map(run))
    expect(order).toEqual(names)
    // On a busy machine those before may have left by the time somebody looks.
    expect(names.slice(1)).toEqual(expect.arrayContaining(waited))
    expect(waited).toContain('h')
    expect(await texts(store, 'queue')).toEqual(names)
  })

  test('who is cancelled while waiting leaves the line as it was', async () => {
    const { store } = await open()
    const first = await store.acquire(key('line'), never)
    const cancel = new AbortController()
    const second = store.acquire(key('line'), cancel.signal)
    const third = store.acquire(key('line'), never)
    cancel.abort(new Error('enough'))
    await expect(second).rejects.toThrow('enough')
    await first.release(turn([message('first')]))
    const session = await third
    expect(session.messages).toEqual([message('first')])
    await session.release()
  })

  test('a run that is given up leaves the session as it was', async () => {
    const { store } = await open()
    await say(store, 'Hello', 'one')
    const session = await store.acquire(key('one'), never)
    session.cacheMemory.set('system[0]', 'changed')
    await session.release()
    const again = await store.acquire(key('one'), never)
    expect(again.messages).toHaveLength(1)
    expect(again.cacheMemory.size).toBe(0)
    await again.release()
  })

  test('what the cache was sent is kept with a turn', async () => {
    const { store } = await open()
    const session = await store.acquire(key('one'), never)
    session.cacheMemory.set('system[0]', 'hash')
    await session.release(turn([message('Hello')]))
    const again = await store.acquire(key('one'), never)
    expect([...again.cacheMemory]).toEqual([['system[0]', 'hash']])
    await again.release()
  })

  test('spending adds up, also that of runs which left nothing else, and unknown stays unknown', async () => {
    const { store } = await open()
    const spent = async (...of: Parameters<typeof turn>) => {
      const session = await store.acquire(key('one'), never)
      await session.release(turn(...of))
      const [summary] = await store.list('ada')
      return [summary?.usage?.totalTokens, summary?.costUsd]
    }
    expect(await spent([message('Hello')], 10, 0.5)).toEqual([10, 0.5])
    expect(await spent([message('Hello')], 5, 0.25)).toEqual([15, 0.75])
    expect(await spent([message('Hello')], 5, null)).toEqual([20, null])
    expect(await spent([message('Hello')], 5, 1)).toEqual([25, null])
  })

  test('a list holds the principal’s own, the last used first', async () => {
    const { store } = await open()
    await say(store, 'Hello', 'one')
    await new Promise((resolve) => setTimeout(resolve, 5))
    await say(store, 'Hello', 'two', 'ada', 'reviewer')
    await say(store, 'Secret', 'three', 'eve')
    await texts(store, 'never spoken in')
    const list = await store.list('ada')
    expect(list.map(({ sessionId }) => sessionId).sort()).toEqual(['one', 'two'])
    expect(list.find(({ sessionId }) => sessionId === 'two')).toEqual({
      sessionId: 'two',
      agent: 'reviewer',
      messages: 1,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      usage: { inputTokens: 10, outputTokens: 0, totalTokens: 10 },
      costUsd: 0.5,
    })
    expect((await store.list('eve')).map(({ sessionId }) => sessionId)).toEqual(['three'])
    expect(await store.list('nobody')).toEqual([])
  })

  test('what is forgotten is gone, and only that', async () => {
    const { store } = await open()
    await say(store, 'Hello', 'one')
    await say(store, 'Hello', 'one', 'ada', 'reviewer')
    await say(store, 'Hello', 'one', 'ada', 'writer')
    await say(store, 'Hello', 'one', 'eve')
    expect(await store.forget('ada', { sessionId: 'one', agent: 'writer' }, never)).toBe(1)
    expect(await texts(store, 'one', 'ada', 'writer')).toEqual([])
    expect(await texts(store, 'one')).toEqual(['Hello'])
    expect(await store.forget('ada', { sessionId: 'one' }, never)).toBe(2)
    expect(await store.forget('ada', { sessionId: 'one' }, never)).toBe(0)
    expect(await store.list('ada')).toEqual([])
    expect(await texts(store, 'one', 'eve')).toEqual(['Hello'])
  })

  test('forgetting waits its turn, and can be cancelled', async () => {
    const { store } = await open()
    const held = await store.acquire(key('one'), never)
    const cancelled = store.forget('ada', { sessionId: 'one' }, AbortSignal.abort(new Error('no')))
    await expect(cancelled).rejects.toThrow('no')
    const forgotten = store.forget('ada', { sessionId: 'one' }, never)
    await held.release(turn([message('Hello')]))
    expect(await forgotten).toBe(1)
    expect(await texts(store, 'one')).toEqual([])
  })

  test('the least recently used goes when there are too many, but none in use', async () => {
    const { store, age } = await open({ maxSessions: 2 })
    for (const name of ['a', 'b']) {
      await say(store, name, name)
      await age(10)
    }
    const held = await store.acquire(key('a'), never)
    await say(store, 'c', 'c')
    expect((await store.list('ada')).map(({ sessionId }) => sessionId).sort()).toEqual(['a', 'c'])
    await held.release(turn(held.messages))
    await age(10)
    await texts(store, 'c')
    await age(10)
    await say(store, 'd', 'd')
    expect((await store.list('ada')).map(({ sessionId }) => sessionId).sort()).toEqual(['c', 'd'])
  })

  test('one that nobody used for a while is forgotten', async () => {
    const { store, age } = await open({ ttlMs: 60_000 })
    await say(store, 'Hello', 'old')
    await age(50_000)
    expect(await texts(store, 'old')).toEqual(['Hello'])
    await age(50_000)
    expect(await store.list('ada')).toHaveLength(1)
    await age(20_000)
    expect(await store.list('ada')).toEqual([])
    expect(await texts(store, 'old')).toEqual([])
  })
})
