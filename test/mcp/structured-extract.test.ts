import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Connection, connect } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { upstream } from '../helpers/program.js'

let fake: FakeProvider
let client: Connection

beforeAll(async () => {
  fake = await startFakeProvider()
  client = await connect('2026', 'stdio', upstream(fake))
})
afterAll(async () => {
  await client.close()
  await fake.close()
})
beforeEach(() => fake.reset())

const bookAnalysis = {
  title: 'BookAnalysis',
  description: 'Analyze a book.',
  type: 'object',
  properties: {
    title: { type: 'string' },
    rating: { type: 'integer', minimum: 1, maximum: 10 },
  },
  required: ['title', 'rating'],
}
const book = { title: "The Hitchhiker's Guide to the Galaxy", rating: 9 }
const prompt = "Analyze this book: The Hitchhiker's Guide to the Galaxy"

test('returns the object, in both places', async () => {
  const result = await client.call('structured_extract', { prompt, schema: bookAnalysis })
  expect(JSON.parse(result.content[0].text)).toEqual(book)
  expect(result.structuredContent).toMatchObject({
    status: 'completed',
    output: book,
    runId: expect.any(String),
    modelId: 'openai/gpt-4o-mini',
    attempts: 1,
    usage: { inputTokens: expect.any(Number), cacheReadInputTokens: 0 },
  })
  expect(fake.modelRequests[0]?.body.tools).toHaveLength(1)
})

test('names the object as it was told', async () => {
  const { title, description, ...schema } = bookAnalysis
  await client.call('structured_extract', {
    prompt,
    schema,
    schemaName: 'Verdict',
    schemaDescription: 'What critics say',
  })
  expect(fake.modelRequests[0]?.body.tools[0].function).toMatchObject({
    name: 'Verdict',
    description: expect.stringContaining('What critics say'),
  })
})

test('sends an invalid object back, and counts the attempts', async () => {
  const call = (rating: unknown) => ({
    toolCalls: [{ name: 'BookAnalysis', arguments: { ...book, rating } }],
  })
  fake.script(call('nine'), call(9))
  const result = await client.call('structured_extract', { prompt, schema: bookAnalysis })
  expect(result.structuredContent).toMatchObject({ output: book, attempts: 2 })

  fake.reset()
  fake.script(call(11), call(12))
  const failed = await client.call('structured_extract', {
    prompt,
    schema: bookAnalysis,
    maxAttempts: 2,
  })
  expect(failed.isError).toBe(true)
  expect(failed.structuredContent).toMatchObject({
    status: 'failed',
    output: null,
    attempts: 2,
    error: { code: 'structuredOutput', message: expect.stringContaining('rating') },
  })
  expect(failed.structuredContent.usage.outputTokens).toBeGreaterThan(0)
})

test('fails with limitReached where a limit came before the object', async () => {
  fake.script({ toolCalls: [{ name: 'BookAnalysis', arguments: { title: 'No rating' } }] })
  const result = await client.call('structured_extract', {
    prompt,
    schema: bookAnalysis,
    limits: { maxCycles: 1 },
  })
  expect(result.isError).toBe(true)
  expect(result.structuredContent.error).toMatchObject({
    code: 'limitReached',
    message: expect.stringContaining('maxCycles'),
  })
})
