import { expect, test } from 'vitest'
import type { Message } from '../../src/agent/content.js'
import { MemorySessions } from '../../src/runs/memory-sessions.js'

const key = (sessionId: string, principal = 'ada', agent = '') => ({ agent, principal, sessionId })
const said = (text: string): Message[] => [{ role: 'user', content: [{ text }] }]
const never = new AbortController().signal

async function leave(store: MemorySessions, sessionId: string, text: string): Promise<void> {
  const session = await store.acquire(key(sessionId), never)
  await session.release(said(text))
}

async function found(store: MemorySessions, ...of: Parameters<typeof key>) {
  const session = await store.acquire(key(...of), never)
  await session.release(session.messages)
  return session.messages
}

test('a session is its principal’s, its agent’s, and has a name', async () => {
  const store = new MemorySessions()
  await leave(store, 'one', 'Hello')
  expect(await found(store, 'one')).toEqual(said('Hello'))
  expect(await found(store, 'two')).toEqual([])
  expect(await found(store, 'one', 'eve')).toEqual([])
  expect(await found(store, 'one', 'ada', 'reviewer')).toEqual([])
})

test('runs take turns in the order they came', async () => {
  const store = new MemorySessions()
  const order: string[] = []
  const turn = async (name: string) => {
    const session = await store.acquire(key('queue'), never)
    order.push(name)
    await new Promise((resolve) => setTimeout(resolve, 5))
    await session.release([...session.messages, ...said(name)])
  }
  await Promise.all(['a', 'b', 'c'].map(turn))
  expect(order).toEqual(['a', 'b', 'c'])
  expect(await found(store, 'queue')).toEqual([...said('a'), ...said('b'), ...said('c')])
})

test('who is cancelled while waiting leaves the line as it was', async () => {
  const store = new MemorySessions()
  const first = await store.acquire(key('line'), never)
  const cancel = new AbortController()
  const second = store.acquire(key('line'), cancel.signal)
  const third = store.acquire(key('line'), never)
  cancel.abort(new Error('enough'))
  await expect(second).rejects.toThrow('enough')
  await first.release(said('first'))
  const session = await third
  expect(session.messages).toEqual(said('first'))
  await session.release([])
})

test('the least recently used goes when there are too many, but none in use', async () => {
  const store = new MemorySessions({ maxSessions: 2 })
  const held = await store.acquire(key('held'), never)
  await leave(store, 'b', 'B')
  await leave(store, 'c', 'C')
  expect(await found(store, 'b')).toEqual([])
  await held.release(said('A'))
  expect(await found(store, 'held')).toEqual(said('A'))
})

test('one that nobody used for a while is forgotten', async () => {
  let now = 0
  const store = new MemorySessions({ ttlMs: 1_000, now: () => now })
  await leave(store, 'old', 'Hello')
  now = 900
  expect(await found(store, 'old')).toEqual(said('Hello'))
  now = 1_901
  expect(await found(store, 'old')).toEqual([])
})
