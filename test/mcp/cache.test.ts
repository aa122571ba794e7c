import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type Connection, connectStdio } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'

const prefix = 'io.github.litellm-agents-mcp/'
const long = 'You are a careful librarian. '.repeat(300)
const point = { cachePoint: { type: 'default' } }

let fake: FakeProvider
let client: Connection

beforeAll(async () => {
  fake = await startFakeProvider()
  const config = configFile({
    defaults: { modelId: 'anthropic/claude-sonnet-4-6', cacheAdvice: true },
  })
  client = await connectStdio(
    '2026',
    { ANTHROPIC_API_BASE: fake.url, ANTHROPIC_API_KEY: 'sk-ant-test-0123456789' },
    ['--config', config],
  )
})
afterAll(async () => {
  await client.close()
  await fake.close()
})
beforeEach(() => fake.reset())

const ask = (systemPrompt: unknown, sessionId = 'one') =>
  client.call('run_agent', { prompt: 'Hello', systemPrompt, sessionId } as never)

test('a prefix that changed since the last call of a session is named, with what to do', async () => {
  const first = await ask([{ text: `Monday. ${long}` }, point])
  expect(first._meta[`${prefix}cache`].points).toEqual([{ at: 'system[1]', effect: 'written' }])

  const changed = await ask([{ text: `Tuesday. ${long}` }, point])
  expect(changed._meta[`${prefix}cache`].points).toEqual([
    {
      at: 'system[1]',
      effect: 'written',
      reason: 'prefixChanged',
      detail: expect.stringContaining('Move what changes'),
    },
  ])

  const same = await ask([{ text: `Tuesday. ${long}` }, point])
  expect(same._meta[`${prefix}cache`].points).toEqual([{ at: 'system[1]', effect: 'read' }])
})

test('another session has another memory', async () => {
  await ask([{ text: `Monday. ${long}` }, point], 'a')
  const other = await ask([{ text: `Tuesday. ${long}` }, point], 'b')
  expect(other._meta[`${prefix}cache`].points).toEqual([{ at: 'system[1]', effect: 'written' }])
})

test('with cacheAdvice, one more line says what the cache did', async () => {
  const { content } = await ask([{ text: 'Too short.' }, point], 'short')
  expect(content).toHaveLength(2)
  expect(content[1].text).toMatch(/^Cache: 0 tokens read, 0 written.*system\[1\]: About \d+ tokens/)
})

test('the cost of a run says where it comes from', async () => {
  const { _meta, structuredContent } = await ask([{ text: long }], 'cost')
  expect(_meta[`${prefix}metrics`]).toMatchObject({ costSource: 'computed' })
  expect(structuredContent.costUsd).toBeGreaterThan(0)
})

test('an agent called 50 times in one session reads more than 90 % of its input from the cache', async () => {
  const config = configFile({
    defaults: { modelId: 'anthropic/claude-sonnet-4-6' },
    agents: {
      librarian: { systemPrompt: long, tools: ['calculator', 'current_time'], cache: 'auto' },
    },
  })
  const delegate = await connectStdio(
    '2025',
    { ANTHROPIC_API_BASE: fake.url, ANTHROPIC_API_KEY: 'sk-ant-test-0123456789' },
    ['--config', config],
  )
  const sum = { input: 0, read: 0 }
  try {
    for (let call = 1; call <= 50; call++) {
      // As people delegate: some answers are long, and every fifth takes a tool.
      if (call % 5 === 0)
        fake.script({ toolCalls: [{ name: 'calculator', arguments: { expression: `${call}*7` } }] })
      fake.script({ text: `Answer ${call}. ${'It stands on the third shelf. '.repeat(call % 12)}` })
      const prompt = `Question ${call}: where is volume ${call * 31} of the collection?`
      const { structuredContent } = await delegate.call('run_agent', {
        prompt,
        agent: 'librarian',
        sessionId: 'reading',
      })
      expect(structuredContent.stopReason).toBe('endTurn')
      sum.input += structuredContent.usage.inputTokens
      sum.read += structuredContent.usage.cacheReadInputTokens
    }
  } finally {
    await delegate.close()
  }
  const billed = fake.modelRequests.map((request) => request.billed)
  const read = billed.reduce((total, bill) => total + (bill?.read ?? 0), 0)
  expect(sum.read).toBe(read)
  expect(sum.read / sum.input).toBeGreaterThan(0.9)
})
