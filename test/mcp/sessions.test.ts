import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../helpers/config-file.js'
import { type Connection, connect, connectStdio, type Door } from '../helpers/connect.js'
import { type FakeProvider, type Step, startFakeProvider } from '../helpers/fake-provider/index.js'
import { upstream } from '../helpers/program.js'
import { sentTexts } from '../helpers/sent-texts.js'

let fake: FakeProvider
const clients = new Map<Door, Connection>()

beforeAll(async () => {
  fake = await startFakeProvider()
  for (const door of ['stdio', 'http'] as const)
    clients.set(door, await connect('2026', door, upstream(fake)))
})
afterAll(async () => {
  for (const client of clients.values()) await client.close()
  await fake.close()
})
beforeEach(() => fake.reset())

const conversations = () => fake.modelRequests.map(sentTexts)

const run = (door: Door, prompt: string, sessionId: string) =>
  (clients.get(door) as Connection).call('run_agent', { prompt, sessionId })

test.each(['stdio', 'http'] as const)('a session goes on over %s', async (door) => {
  fake.script({ text: 'Hello Ada' }, { text: 'You are Ada' })
  const first = await run(door, 'I am Ada', 'one')
  expect(first.structuredContent.sessionId).toBe('one')
  await run(door, 'Who am I?', 'one')
  await run(door, 'Who am I?', 'another')
  expect(conversations()).toEqual([
    ['I am Ada'],
    ['I am Ada', 'Hello Ada', 'Who am I?'],
    ['Who am I?'],
  ])
})

test('two calls on one session wait for each other', async () => {
  fake.script({ text: 'First', delayMs: 150 }, { text: 'Second' })
  await Promise.all([run('stdio', 'one', 'queue'), run('stdio', 'two', 'queue')])
  expect(conversations()).toEqual([['one'], ['one', 'First', 'two']])
})

test.each(['memory', 'files'])(
  'two hundred calls on twenty sessions in %s keep the order of each',
  async (store) => {
    const folder = store === 'files' ? { LITELLM_AGENTS_SESSIONS_DIR: temporaryFolder() } : {}
    const client = await connectStdio('2026', { ...upstream(fake), ...folder })
    const sessions = Array.from({ length: 20 }, (_, index) => `crowd ${index}`)
    const calls = Array.from({ length: 10 }, (_, index) => index)
    const runs = calls.flatMap((call) =>
      sessions.map((sessionId) =>
        client.call('run_agent', { prompt: `${sessionId}: ${call}`, sessionId }),
      ),
    )
    await Promise.all(runs)
    await client.close()
    for (const session of sessions) {
      const own = conversations().filter((texts) => texts[0]?.startsWith(`${session}:`))
      expect(own.map((texts) => texts.at(-1))).toEqual(calls.map((call) => `${session}: ${call}`))
      expect(own.map((texts) => texts.length)).toEqual(calls.map((call) => 2 * call + 1))
    }
  },
)

test('a call that waits for its session reports it, and can be cancelled', async () => {
  const client = clients.get('stdio') as Connection
  let release: () => void = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  // A client that reads progress and the result in one chunk drops the progress.
  const second: () => Promise<Step> = () =>
    new Promise((resolve) => setTimeout(resolve, 200, { text: 'Second' }))
  fake.script(() => released.then(() => ({ text: 'First' })), second)
  const first = run('stdio', 'one', 'waiting')
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
  const said: (string | undefined)[] = []
  const wait = (prompt: string, signal?: AbortSignal) => {
    let call: Promise<unknown> = Promise.resolve()
    const waiting = new Promise<void>((resolve) => {
      const onprogress = ({ message }: { message?: string | undefined }) => {
        said.push(message)
        if (message === 'waiting for the session') resolve()
      }
      const options = { onprogress, ...(signal && { signal }) }
      call = client.call('run_agent', { prompt, sessionId: 'waiting' }, options)
    })
    return { waiting, call }
  }
  const cancel = new AbortController()
  const cancelled = wait('never asked', cancel.signal)
  await cancelled.waiting
  cancel.abort()
  await expect(cancelled.call).rejects.toThrow()
  const last = wait('two')
  await last.waiting
  release()
  await Promise.all([first, last.call])
  expect(conversations()).toEqual([['one'], ['one', 'First', 'two']])
  const at = said.lastIndexOf('waiting for the session')
  expect(said.slice(at, at + 2)).toEqual(['waiting for the session', 'cycle 1'])
})

test.each(['stdio', 'http'] as const)('sessions are listed and forgotten over %s', async (door) => {
  const { call } = clients.get(door) as Connection
  await run(door, 'Hello', 'kept')
  await run(door, 'Hello', 'dropped')
  const names = async () => {
    const { structuredContent } = await call('list_sessions', {})
    return structuredContent.sessions.map(({ sessionId }: { sessionId: string }) => sessionId)
  }
  expect(await names()).toEqual(expect.arrayContaining(['kept', 'dropped']))
  const [newest] = (await call('list_sessions', { agent: '' })).structuredContent.sessions
  expect(newest).toMatchObject({ messages: 2, usage: { outputTokens: expect.any(Number) } })
  expect(newest.costUsd).toBeGreaterThan(0)
  const nothing = (await call('list_sessions', { agent: 'reviewer' })).structuredContent
  expect(nothing).toEqual({ sessions: [], total: 0 })

  const forgotten = await call('forget_session', { sessionId: 'dropped' })
  expect(forgotten.structuredContent).toEqual({ sessionId: 'dropped', forgotten: 1 })
  expect(await names()).not.toContain('dropped')
  const again = await call('forget_session', { sessionId: 'dropped' })
  expect(again.structuredContent.forgotten).toBe(0)
  expect(again.content[0].text).toContain('list_sessions')
  fake.reset()
  await run(door, 'Anew', 'dropped')
  await run(door, 'More', 'kept')
  expect(conversations().map((texts) => texts.length)).toEqual([1, 3])
})

test('a prompt that was never answered does not stay behind', async () => {
  fake.script({ raw: { status: 400 } }, { text: 'Fine' })
  const failed = await run('stdio', 'broken', 'failing')
  expect(failed.isError).toBe(true)
  await run('stdio', 'whole', 'failing')
  expect(conversations()).toEqual([['broken'], ['whole']])
})
