import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Agent, calculator, currentTime, LiteLLMModel } from '../../src/index.js'
import { closeOffline, offlineBaseUrl } from '../../src/litellm/offline/index.js'
import { compileJsonSchema } from '../../src/schema/compile.js'

const label = '[offline demo model: scripted answer, no real model was called]'
const model = new LiteLLMModel({ modelId: 'offline/demo' })
const longText =
  'You are a helpful assistant that provides concise answers. This is a long system prompt with detailed instructions......'.repeat(
    45,
  )

afterAll(closeOffline)

async function chat(body: object): Promise<Response> {
  return fetch(`${await offlineBaseUrl()}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo', ...body }),
  })
}

test('arithmetic takes two cycles: the calculator, then the answer from its result', async () => {
  const result = await new Agent({ model, tools: [calculator] }).invoke('What is 12 * (3 + 4)?')
  expect(result.text).toBe(`12 * (3 + 4) = 84. ${label}`)
  expect(result.metrics.cycles).toHaveLength(2)
  expect(result.metrics.tools.calculator).toMatchObject({ calls: 1, errors: 0 })
  expect(result.metrics.costUsd).toBe(0)
})

test('a question about the time goes to the clock', async () => {
  const result = await new Agent({ model, tools: [currentTime] }).invoke('What time is it?')
  expect(result.text).toMatch(/^The tool says: \d{4}-/)
})

test('anything else is said back, with the conversation in mind', async () => {
  const agent = new Agent({ model })
  expect((await agent.invoke('I am Ada.')).text).toBe(`You said: "I am Ada.". ${label}`)
  expect((await agent.invoke('Who am I?')).text).toContain('before it you said: "I am Ada.".')
})

test('a long prompt up to a cache point is written once and then read', async () => {
  const systemPrompt = [
    { text: `${longText} ${Math.random()}` },
    { cachePoint: { type: 'default' as const } },
  ]
  const first = await new Agent({ model, systemPrompt }).invoke('Hello')
  const second = await new Agent({ model, systemPrompt }).invoke('Hello again')
  const { cacheWriteInputTokens: written = 0, inputTokens = 0 } = first.usage ?? {}
  expect(written).toBeGreaterThan(1024)
  expect(inputTokens).toBeGreaterThan(written)
  expect(first.usage).toMatchObject({ cacheReadInputTokens: 0 })
  expect(second.usage).toMatchObject({ cacheReadInputTokens: written, cacheWriteInputTokens: 0 })
})

test('a short prompt is not cached', async () => {
  const systemPrompt = [{ text: 'Short.' }, { cachePoint: { type: 'default' as const } }]
  const agent = new Agent({ model, systemPrompt })
  await agent.invoke('Hello')
  const { usage } = await agent.invoke('Hello')
  expect(usage).toMatchObject({ cacheReadInputTokens: 0, cacheWriteInputTokens: 0 })
})

test('an extraction takes its facts from the prompt', async () => {
  const BookAnalysis = z
    .object({
      title: z.string(),
      author: z.string(),
      genre: z.string(),
      summary: z.string(),
      rating: z.number().int().min(1).max(10),
    })
    .meta({ title: 'BookAnalysis' })
  const { output } = await new Agent({ model }).structuredOutput(
    BookAnalysis,
    `
    Analyze this book: "The Hitchhiker's Guide to the Galaxy" by Douglas Adams.
    It's a science fiction comedy about Arthur Dent's adventures through space
    after Earth is destroyed. It's widely considered a classic of humorous sci-fi.
    `,
  )
  expect(output).toEqual({
    title: "The Hitchhiker's Guide to the Galaxy",
    author: 'Douglas Adams',
    genre: 'Science fiction comedy',
    summary: `Arthur Dent's adventures through space after Earth is destroyed. ${label}`,
    rating: 9,
  })
})

test('a run with tools and an output schema uses both', async () => {
  const Sum = z.object({ value: z.number() }).meta({ title: 'Sum' })
  const agent = new Agent({ model, tools: [calculator] })
  const result = await agent.invoke('What is 2+2', { outputSchema: Sum })
  expect(result.output).toEqual({ value: 1 })
  expect(Object.keys(result.metrics.tools)).toEqual(['calculator', 'Sum'])
})

test('other schemas get plausible valid objects', async () => {
  const schema = {
    type: 'object',
    properties: {
      kind: { enum: ['a', 'b'] },
      fixed: { const: 7 },
      count: { type: 'integer', minimum: 5, multipleOf: 4 },
      ratio: { type: 'number', exclusiveMaximum: 1 },
      flag: { type: 'boolean' },
      when: { type: 'string', format: 'date-time' },
      zip: { anyOf: [{ type: 'string', pattern: '^\\d{5}$' }, { type: 'null' }] },
      code: { type: 'string', minLength: 10, maxLength: 12 },
      many: { type: 'array', items: { $ref: '#/$defs/Node' }, minItems: 2 },
      both: { allOf: [{ $ref: '#/$defs/Node' }, { required: ['name'] }] },
      maybe: { type: ['null', 'string'] },
    },
    required: ['kind', 'fixed', 'count', 'ratio', 'flag', 'when', 'zip', 'code', 'many', 'both'],
    additionalProperties: false,
    $defs: {
      Node: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          children: { type: 'array', items: { $ref: '#/$defs/Node' } },
        },
      },
    },
  }
  const { output } = await new Agent({ model }).structuredOutput<never>(schema, 'Make one.')
  const { validate } = await compileJsonSchema(schema)
  expect(await validate(output)).toMatchObject({ ok: true })
})

test('whole replies and the model list are served too', async () => {
  const reply = await (await chat({ messages: [{ role: 'user', content: 'Hi' }] })).json()
  expect(reply).toMatchObject({
    object: 'chat.completion',
    choices: [{ message: { content: `You said: "Hi". ${label}` }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, prompt_tokens_details: { cached_tokens: 0 }, cost: 0 },
  })
  const models = await (await fetch(`${await offlineBaseUrl()}/models`)).json()
  expect(models).toMatchObject({ data: [{ id: 'demo' }] })
})

test('what it cannot answer is an error in OpenAI’s form', async () => {
  const bad = await chat({ messages: 'none' })
  expect(bad.status).toBe(400)
  expect(await bad.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
  expect((await fetch(`${await offlineBaseUrl()}/nothing`)).status).toBe(404)
})

test('it listens on loopback only, once, and can be closed and started again', async () => {
  const url = await offlineBaseUrl()
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/)
  expect(await offlineBaseUrl()).toBe(url)
  await closeOffline()
  await expect(fetch(`${url}/models`)).rejects.toThrow()
  expect((await fetch(`${await offlineBaseUrl()}/models`)).status).toBe(200)
})
