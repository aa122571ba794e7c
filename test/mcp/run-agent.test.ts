import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Connection, clientKinds, connect, type Door } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { upstream } from '../helpers/program.js'

const prefix = 'io.github.litellm-agents-mcp/'
const doors: readonly Door[] = ['stdio', 'http']
const everyClient = doors.flatMap((door) => clientKinds.map((kind) => ({ door, kind })))

let fake: FakeProvider

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

describe.each(everyClient)('a $kind client over $door', ({ door, kind }) => {
  let client: Connection

  beforeAll(async () => {
    client = await connect(kind, door, upstream(fake))
  })
  afterAll(() => client.close())

  test('gets the answer of an agent, with what it used', async () => {
    const usage = {
      prompt_tokens: 11,
      completion_tokens: 2,
      total_tokens: 13,
      cost: 0.25,
    }
    fake.script({ text: 'Hello there', usage })
    const result = await client.call('run_agent', { prompt: 'Say hello' })
    expect(result.isError).not.toBe(true)
    expect(result.content).toEqual([{ type: 'text', text: 'Hello there' }])
    const told = {
      inputTokens: 11,
      outputTokens: 2,
      totalTokens: 13,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 0,
    }
    expect(result.structuredContent).toEqual({
      status: 'completed',
      text: 'Hello there',
      stopReason: 'endTurn',
      runId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      modelId: 'openai/gpt-4o-mini',
      usage: told,
      costUsd: 0.25,
    })
    expect(result._meta[`${prefix}usage`]).toEqual(told)
    expect(result._meta[`${prefix}metrics`]).toMatchObject({
      cycles: [
        {
          modelId: 'openai/gpt-4o-mini',
          usage: { inputTokens: 11, outputTokens: 2, totalTokens: 13 },
          costUsd: 0.25,
          stopReason: 'endTurn',
        },
      ],
      tools: {},
      costUsd: 0.25,
      latencyMs: expect.any(Number),
    })
    expect(result._meta[`${prefix}cache`]).toMatchObject({ written: 0, read: 0, points: [] })
  })

  test('lets the agent use the tools it names', async () => {
    const result = await client.call('run_agent', {
      prompt: 'What is 2 + 2?',
      tools: ['calculator'],
    })
    expect(result.structuredContent).toMatchObject({ text: '2+2 is 4.', stopReason: 'endTurn' })
    const metrics = result._meta[`${prefix}metrics`]
    expect(metrics.cycles).toHaveLength(2)
    expect(metrics.tools).toEqual({
      calculator: { calls: 1, errors: 0, totalMs: expect.any(Number) },
    })
    const offered = fake.modelRequests.map(({ body }) =>
      body.tools.map((tool: { function: { name: string } }) => tool.function.name),
    )
    expect(offered).toEqual([['calculator'], ['calculator']])
  })

  test('hears of each step while it waits', async () => {
    fake.script(
      { toolCalls: [{ name: 'calculator', arguments: { expression: '6*7' } }] },
      // A client drops what it hears in the same moment as the result.
      { text: 'It is 42', betweenChunksMs: 30 },
    )
    const heard: { progress: number; message?: string | undefined }[] = []
    await client.call(
      'run_agent',
      { prompt: 'Calculate', tools: ['calculator'] },
      { onprogress: (progress) => heard.push(progress) },
    )
    expect(heard.map(({ message }) => message)).toEqual([
      'started',
      'cycle 1: calculator',
      'cycle 2',
      'cycle 2: answering',
    ])
    expect(heard.map(({ progress }) => progress)).toEqual([1, 2, 3, 4])
  })

  test('stops the model call when it cancels', async () => {
    fake.script({ text: 'one two three four', delayMs: 5_000 })
    const cancel = new AbortController()
    const call = client.call('run_agent', { prompt: 'Go on' }, { signal: cancel.signal })
    call.catch(() => {})
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
    const cancelledAt = Date.now()
    cancel.abort('No longer wanted')
    const { abortedAt } = await fake.waitFor(({ modelRequests }) =>
      modelRequests.find((request) => request.abortedAt !== undefined),
    )
    expect((abortedAt as number) - cancelledAt).toBeLessThan(1_000)
    await expect(call).rejects.toThrow()
  })
})

describe('run_agent', () => {
  let client: Connection

  beforeAll(async () => {
    client = await connect('2026', 'stdio', upstream(fake))
  })
  afterAll(() => client.close())

  test('sends the system prompt, the blocks and the params it was given', async () => {
    const pixel = Buffer.from('not really an image').toString('base64')
    await client.call('run_agent', {
      prompt: [{ text: 'What is this?' }, { image: { format: 'png', source: { bytes: pixel } } }],
      systemPrompt: 'You look at images.',
      params: { temperature: 0.5, max_tokens: 50, seed: 7 },
    })
    const [request] = fake.modelRequests
    expect(request?.body).toMatchObject({ temperature: 0.5, max_tokens: 50, seed: 7 })
    expect(JSON.stringify(request?.body.messages)).toContain('You look at images.')
    expect(JSON.stringify(request?.body.messages)).toContain(`data:image/png;base64,${pixel}`)
  })

  test('ends in an object that fits the schema', async () => {
    const result = await client.call('run_agent', {
      prompt: 'What is 6 * 7?',
      tools: ['calculator'],
      outputSchema: {
        title: 'Answer',
        type: 'object',
        properties: { answer: { type: 'string' } },
        required: ['answer'],
      },
    })
    const { output, status, text } = result.structuredContent
    expect({ output, status }).toEqual({ output: { answer: '42' }, status: 'completed' })
    expect(JSON.parse(text)).toEqual({ answer: '42' })
    expect(result.content[0].text).toBe(text)
  })

  test('says null, not 0, where usage and cost are not told', async () => {
    fake.script({ text: 'Silent', usage: null })
    const result = await client.call('run_agent', {
      prompt: 'Hello',
      modelId: 'openai/some-model-nobody-priced',
    })
    expect(result.structuredContent).toMatchObject({ usage: null, costUsd: null })
    expect(result._meta[`${prefix}usage`]).toBeNull()
    expect(result._meta[`${prefix}metrics`]).toMatchObject({ costUsd: null })
  })

  test('ends at a limit with what there is', async () => {
    const result = await client.call('run_agent', {
      prompt: 'What is 2 + 2?',
      tools: ['calculator'],
      limits: { maxCycles: 1 },
    })
    expect(result.isError).not.toBe(true)
    expect(result.structuredContent).toMatchObject({
      status: 'completed',
      stopReason: 'limitReached',
      limit: { name: 'maxCycles', max: 1, spent: 1 },
    })
  })

  test('tells what a failed run spent', async () => {
    fake.script(
      { toolCalls: [{ name: 'calculator', arguments: { expression: '1+1' } }] },
      { raw: { status: 400 } },
    )
    const result = await client.call('run_agent', { prompt: 'Calculate', tools: ['calculator'] })
    expect(result.isError).toBe(true)
    const { error, status, usage } = result.structuredContent
    expect(status).toBe('failed')
    expect(error).toMatchObject({ code: 'invalidRequest', retryable: false })
    expect(usage.outputTokens).toBeGreaterThan(0)
    expect(result._meta[`${prefix}usage`]).toEqual(usage)
    expect(result._meta[`${prefix}metrics`].cycles).toHaveLength(2)
  })
})
