import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Connection, connect, type Door } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { upstream } from '../helpers/program.js'

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

/** The texts that the model was sent, by request. */
function conversations(): string[][] {
  return fake.modelRequests.map(({ body }) =>
    body.messages.map((message: { content: string | { text: string }[] }) =>
      typeof message.content === 'string'
        ? message.content
        : message.content.map(({ text }) => text).join(''),
    ),
  )
}

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

test('a prompt that was never answered does not stay behind', async () => {
  fake.script({ raw: { status: 400 } }, { text: 'Fine' })
  const failed = await run('stdio', 'broken', 'failing')
  expect(failed.isError).toBe(true)
  await run('stdio', 'whole', 'failing')
  expect(conversations()).toEqual([['broken'], ['whole']])
})
