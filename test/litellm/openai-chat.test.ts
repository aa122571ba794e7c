import {
  Agent,
  AgentError,
  type ContentBlock,
  calculator,
  LiteLLMModel,
  type Message,
  tool,
} from 'litellm-agents-mcp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { errorStep, type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'

const key = 'sk-test-0123456789abcdef'
const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

function model(config: Partial<ConstructorParameters<typeof LiteLLMModel>[0]> = {}) {
  const { clientArgs, ...rest } = config
  return new LiteLLMModel(
    {
      modelId: 'openai/gpt-4o-mini',
      clientArgs: { api_key: key, api_base: `${fake.url}/v1`, ...clientArgs },
      ...rest,
    },
    { env: {} },
  )
}

const add = tool({
  name: 'add',
  description: 'Adds two numbers.',
  inputSchema: {
    type: 'object',
    properties: { a: { type: 'number' }, b: { type: 'number' } },
    required: ['a', 'b'],
  },
  handler: async ({ a, b }) => Number(a) + Number(b),
})

const twoSums = [
  { id: 'call_a', name: 'add', arguments: { a: 1, b: 2 } },
  { id: 'call_b', name: 'add', arguments: { a: 3, b: 4 } },
]

async function failure(run: Promise<unknown>): Promise<AgentError> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(AgentError)
  return error as AgentError
}

describe('parallel tool calls', () => {
  test.each([
    ['numbered', {}],
    ['all at index 0', { toolIndex: 'index0' as const }],
    ['without an index', { toolIndex: 'none' as const }],
    ['without ids', { omitIds: true }],
    ['at index 0 and without ids', { toolIndex: 'index0' as const, omitIds: true }],
  ])('%s: every one runs, results in call order', async (_, shape) => {
    fake.script({ toolCalls: twoSums, ...shape }, { text: 'done' })
    const result = await new Agent({ model: model(), tools: [add] }).invoke('Add')
    expect(result.text).toBe('done')
    const sent = fake.modelRequests[1]?.body.messages
    expect(sent[1].tool_calls.map((call: { function: unknown }) => call.function)).toEqual([
      { name: 'add', arguments: '{"a": 1, "b": 2}' },
      { name: 'add', arguments: '{"a": 3, "b": 4}' },
    ])
    expect(sent.slice(2).map(({ content }: { content: string }) => content)).toEqual(['3', '7'])
    const ids = sent[1].tool_calls.map(({ id }: { id: string }) => id)
    expect(new Set(ids).size).toBe(2)
    expect(sent.slice(2).map((each: { tool_call_id: string }) => each.tool_call_id)).toEqual(ids)
  })

  test('glued into one are told apart', async () => {
    fake.script(
      { toolCalls: [{ id: 'c', name: 'add', arguments: '{"a":1,"b":1}{"a":2,"b":2}' }] },
      { text: 'done' },
    )
    await new Agent({ model: model(), tools: [add] }).invoke('Add')
    const results = fake.modelRequests[1]?.body.messages.slice(2)
    expect(results.map(({ content }: { content: string }) => content)).toEqual(['2', '4'])
  })

  test('run side by side', async () => {
    let running = 0
    let most = 0
    const slow = tool({
      name: 'slow',
      description: 'Waits.',
      inputSchema: { type: 'object', properties: {} },
      handler: async () => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setTimeout(resolve, 30))
        running--
        return 'ok'
      },
    })
    fake.script(
      { toolCalls: Array.from({ length: 5 }, () => ({ name: 'slow', arguments: {} })) },
      { text: 'done' },
    )
    await new Agent({ model: model(), tools: [slow] }).invoke('Wait')
    expect(most).toBe(5)
  })
})

describe('what a model or a tool gets wrong does not end the run', () => {
  const broken = tool({
    name: 'broken',
    description: 'Throws.',
    inputSchema: { type: 'object', properties: {} },
    handler: async () => {
      throw new Error('out of order')
    },
  })
  const silent = tool({
    name: 'silent',
    description: 'Says nothing.',
    inputSchema: { type: 'object', properties: {} },
    handler: async () => undefined,
  })

  test.each([
    ['arguments that are not JSON', { name: 'add', arguments: '{"a": 1,' }, /not valid JSON/],
    ['arguments that are no object', { name: 'add', arguments: '[1, 2]' }, /must be a JSON object/],
    ['arguments that do not fit', { name: 'add', arguments: { a: 'x' } }, /b: is required/],
    ['an unknown tool', { name: 'subtract', arguments: {} }, /Unknown tool.*add, broken, silent/],
    ['an impossible name', { name: 'no such!', arguments: {} }, /invalid tool name/],
    ['a tool that throws', { name: 'broken', arguments: {} }, /^Error: out of order$/],
    ['a tool that says nothing', { name: 'silent', arguments: {} }, /^$/],
  ])('%s', async (_, call, told) => {
    fake.script({ toolCalls: [{ id: 'c1', ...call }] }, { text: 'I see' })
    const agent = new Agent({ model: model(), tools: [add, broken, silent] })
    const result = await agent.invoke('Try')
    expect(result.text).toBe('I see')
    expect(fake.modelRequests[1]?.body.messages[2].content).toMatch(told)
  })

  test('a proxy gets arguments it can parse, whatever the model wrote', async () => {
    fake.script({ toolCalls: [{ name: 'add', arguments: '{"a": 1,' }] }, { text: 'ok' })
    const proxied = model({ modelId: 'litellm_proxy/x' })
    await new Agent({ model: proxied, tools: [add] }).invoke('Try')
    const [call] = fake.modelRequests[1]?.body.messages[1].tool_calls ?? []
    expect(JSON.parse(call.function.arguments)).toEqual({ invalid_arguments: '{"a": 1,' })
  })
})

describe('errors and retries', () => {
  test('429 with Retry-After is waited for and tried again', async () => {
    fake.script(errorStep(429, undefined, { 'retry-after': '1' }), { text: 'at last' })
    const startedAt = performance.now()
    const result = await new Agent({ model: model() }).invoke('Hello')
    expect(result.text).toBe('at last')
    expect(performance.now() - startedAt).toBeGreaterThan(990)
    expect(fake.modelRequests).toHaveLength(2)
  })

  test.each([
    [400, 'invalidRequest'],
    [401, 'authentication'],
    [403, 'permission'],
    [404, 'modelNotFound'],
  ])('%i is not tried again: %s', async (status, code) => {
    fake.script(errorStep(status))
    const error = await failure(new Agent({ model: model() }).invoke('Hello'))
    expect(error).toMatchObject({ code, retryable: false, status })
    expect(error.usage).toEqual({ inputTokens: 0, outputTokens: 0, totalTokens: 0 })
    expect(fake.modelRequests).toHaveLength(1)
  })

  test.each([
    [
      'a budget',
      'budgetExceeded',
      429,
      { type: 'budget_exceeded', message: 'Budget has been exceeded!' },
    ],
    ['a quota', 'budgetExceeded', 429, { type: 'insufficient_quota', message: 'quota' }],
    [
      'content policy',
      'contentPolicy',
      400,
      { type: 'invalid_request_error', message: 'litellm.ContentPolicyViolationError: no' },
    ],
    [
      'a rate limit that speaks of tokens',
      'rateLimit',
      429,
      { message: 'Rate limit: too many input tokens per minute' },
    ],
    ['a payment that is due', 'budgetExceeded', 402, { message: 'Payment Required' }],
    ['credits', 'budgetExceeded', 403, { message: 'Insufficient credits. Add more at …' }],
    ['a balance', 'budgetExceeded', 400, { message: 'Insufficient Balance' }],
    [
      'an overflow by SGLang',
      'contextWindowOverflow',
      400,
      {
        message: "The input (9000 tokens) is longer than the model's context length (8192 tokens).",
      },
    ],
    [
      'an overflow by OpenAI',
      'contextWindowOverflow',
      400,
      { message: 'Input tokens exceed the configured limit of 272000 tokens.' },
    ],
    [
      'an overflow by OpenAI in letters',
      'contextWindowOverflow',
      400,
      {
        message:
          "Invalid 'messages[1].content': string too long. Expected a string with maximum length 1048576, but got a string with length 1540820 instead.",
      },
    ],
    [
      'an overflow by xAI',
      'contextWindowOverflow',
      400,
      {
        message: "This model's maximum prompt length is 131072 but the request has 537812 tokens.",
      },
    ],
    [
      'an overflow by Groq',
      'contextWindowOverflow',
      400,
      { message: 'Please reduce the length of the messages or completion.' },
    ],
    [
      'a name that is too long',
      'invalidRequest',
      400,
      {
        message:
          "Invalid 'user': string too long. Expected a string with maximum length 64, but got a string with length 164 instead.",
      },
    ],
    [
      'an image that is too large',
      'invalidRequest',
      400,
      {
        message:
          "Invalid 'messages[0].content[1].image_url.url': string too long. Expected a string with maximum length 20971520, but got a string with length 30000000 instead.",
      },
    ],
    [
      'too high a max_tokens',
      'invalidRequest',
      400,
      { message: 'max_tokens: 300000 > 64000, the maximum allowed number of output tokens' },
    ],
  ])('%s is %s', async (_, code, status, error) => {
    fake.script(errorStep(status, { error }))
    const agent = new Agent({ model: model({ clientArgs: { num_retries: 0 } }) })
    expect((await failure(agent.invoke('Hello'))).code).toBe(code)
  })

  test('num_retries says how often', async () => {
    fake.script(...Array.from({ length: 5 }, () => errorStep(503)))
    const agent = new Agent({ model: model({ clientArgs: { num_retries: 1 } }) })
    expect(await failure(agent.invoke('Hello'))).toMatchObject({
      code: 'providerError',
      retryable: true,
    })
    expect(fake.modelRequests).toHaveLength(2)
  })

  test('a stream that broke off is not begun again, and keeps what was said', async () => {
    fake.script({ chunks: ['Once ', 'upon'], end: 'reset' })
    const error = await failure(new Agent({ model: model() }).invoke('A story'))
    expect(error).toMatchObject({ code: 'connection', text: 'Once upon', usage: null })
    expect(error.metrics?.costUsd).toBeNull()
    expect(fake.modelRequests).toHaveLength(1)
  })

  test('a key that a provider quotes is not passed on', async () => {
    fake.script(errorStep(401, { error: { message: `Incorrect API key provided: ${key}.` } }))
    const error = await failure(new Agent({ model: model() }).invoke('Hello'))
    expect(JSON.stringify(error)).not.toContain(key)
    expect(error.message).toContain('[redacted]')
  })

  test('timeout is one deadline for the call with its retries', async () => {
    fake.script({ text: 'late', delayMs: 5_000 })
    const agent = new Agent({ model: model({ clientArgs: { timeout: 0.2 } }) })
    expect((await failure(agent.invoke('Hello'))).code).toBe('timeout')
    expect(fake.modelRequests).toHaveLength(1)
    await fake.waitFor(({ modelRequests }) => modelRequests[0]?.abortedAt)
  })

  test('an unreachable address is a connection error that spent nothing', async () => {
    const clientArgs = { api_base: 'http://127.0.0.1:59998/v1', num_retries: 0 }
    const agent = new Agent({ model: model({ clientArgs }) })
    expect(await failure(agent.invoke('Hello'))).toMatchObject({
      code: 'connection',
      retryable: true,
      usage: { totalTokens: 0 },
    })
  })
})

describe('an agent', () => {
  test('keeps its messages, adds up its usage, and can be cancelled and used again', async () => {
    const agent = new Agent({ model: model() })
    fake.script({ text: 'Hi', usage }, { chunks: ['a', 'b'], end: 'hang' }, { text: 'Back', usage })
    await agent.invoke('Hello')
    const cancel = new AbortController()
    let text = ''
    for await (const event of agent.stream('Story', { signal: cancel.signal })) {
      if (event.type === 'textDelta') text += event.text
      if (text === 'ab') cancel.abort()
      if (event.type === 'result') expect(event.result.stopReason).toBe('cancelled')
    }
    await fake.waitFor(({ modelRequests }) => modelRequests[1]?.abortedAt)
    const result = await agent.invoke('And now?')
    expect(result.text).toBe('Back')
    expect(result.usage).toMatchObject({ totalTokens: 15 })
    expect(result.metrics.accumulatedUsage).toMatchObject({ totalTokens: 30 })
    expect(String(result)).toBe(result.text)
    expect(fake.modelRequests[2]?.body.messages.map(({ role }: { role: string }) => role)).toEqual([
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
    ])
  })

  test('leaving the stream ends the model call', async () => {
    fake.script({ chunks: ['a'], end: 'hang' })
    for await (const event of new Agent({ model: model() }).stream('Story'))
      if (event.type === 'textDelta') break
    await fake.waitFor(({ modelRequests }) => modelRequests[0]?.abortedAt, 1_000)
  })

  test.each([
    ['maxCycles', { maxCycles: 2 }, 2],
    ['maxTotalTokens', { maxTotalTokens: 30 }, 30],
    ['maxOutputTokens', { maxOutputTokens: 10 }, 10],
    ['maxToolCalls', { maxToolCalls: 1 }, 1],
  ])('%s ends the run with its last text', async (name, limits, spent) => {
    const looping = () => ({
      text: 'Working.',
      toolCalls: [{ name: 'add', arguments: { a: 1, b: 1 } }],
      usage,
    })
    fake.script(...Array.from({ length: 9 }, looping))
    const result = await new Agent({ model: model(), tools: [add] }).invoke('Go', { limits })
    expect(result).toMatchObject({
      stopReason: 'limitReached',
      text: 'Working.',
      limit: { name, spent },
    })
    expect(fake.modelRequests).toHaveLength(2)
  })

  test('timeoutSeconds ends the run and its call', async () => {
    fake.script({ chunks: ['a'], end: 'hang' })
    const agent = new Agent({ model: model() })
    const result = await agent.invoke('Go', { limits: { timeoutSeconds: 0.2 } })
    expect(result).toMatchObject({ stopReason: 'limitReached', limit: { name: 'timeoutSeconds' } })
    await fake.waitFor(({ modelRequests }) => modelRequests[0]?.abortedAt, 1_000)
  })

  test('an overflow truncates the oldest large tool result and reports it', async () => {
    const overflow = errorStep(400, {
      error: { message: "This model's maximum context length is 8192 tokens." },
    })
    const messages = [
      { role: 'user' as const, content: [{ text: 'Read' }] },
      {
        role: 'assistant' as const,
        content: [{ toolUse: { toolUseId: 'r', name: 'add', input: {} } }],
      },
      {
        role: 'user' as const,
        content: [
          {
            toolResult: {
              toolUseId: 'r',
              status: 'success' as const,
              content: [{ text: 'x'.repeat(5_000) }],
            },
          },
        ],
      },
    ]
    fake.script(overflow, { text: 'Fits' })
    const result = await new Agent({ model: model(), tools: [add], messages }).invoke('And now?')
    expect(result.text).toBe('Fits')
    expect(fake.modelRequests[1]?.body.messages[2].content).toHaveLength(
      'x'.repeat(400).length + '......\n\n... [truncated: 4600 chars removed] ...\n\n'.length,
    )
    expect(result.metrics.notices).toEqual([expect.stringContaining('large tool result')])

    fake.script(...Array.from({ length: 9 }, () => overflow))
    const again = new Agent({ model: model(), messages: [...messages] })
    expect((await failure(again.invoke('Hm'))).code).toBe('contextWindowOverflow')
  })

  test('an answer in JSON to a stream is taken as it is', async () => {
    fake.script({
      raw: {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: { choices: [{ message: { content: 'Whole' }, finish_reason: 'stop' }], usage },
      },
    })
    const result = await new Agent({ model: model() }).invoke('Hello')
    expect(result).toMatchObject({ text: 'Whole', usage: { totalTokens: 15 } })
  })
})

describe('cache points', () => {
  const text = (words: number) => ({ text: 'word '.repeat(words) })
  const cachePoint = { cachePoint: { type: 'default' as const } }

  test('stand after tools, system prompt and messages; a fifth and an empty one are reported', async () => {
    const agent = new Agent({
      model: model(),
      tools: [calculator, { cachePoint: { type: 'default', ttl: '1h' } }],
      systemPrompt: [cachePoint, text(2_000), { cachePoint: { type: 'default', ttl: '1h' } }],
    })
    const prompt = [text(10), cachePoint, text(10), cachePoint, text(10), cachePoint]
    fake.script({ text: 'ok' })
    const { metrics } = await agent.invoke(prompt)
    const { tools, messages } = fake.modelRequests[0]?.body ?? {}
    expect(tools[0].cache_control).toEqual({ type: 'ephemeral', ttl: '1h' })
    expect(messages[0].content[0].cache_control).toEqual({ type: 'ephemeral', ttl: '1h' })
    const marked = messages[1].content.map((part: object) => 'cache_control' in part)
    expect(marked).toEqual([true, true, false])
    expect(metrics.cache.points).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ at: 'system[0]', effect: 'none', reason: 'nothingBefore' }),
        expect.objectContaining({
          at: 'messages[0].content[5]',
          effect: 'none',
          reason: 'tooMany',
        }),
      ]),
    )
  })

  test('in an assistant message marks the text before it, or is reported', async () => {
    const at = 'messages[1].content[1]'
    const points = async (modelId: string, ...before: ContentBlock[]) => {
      fake.reset()
      const messages: Message[] = [
        { role: 'user', content: [text(2_000)] },
        { role: 'assistant', content: [...before, cachePoint] },
      ]
      const { metrics } = await new Agent({ model: model({ modelId }), messages }).invoke('And?')
      const assistant = fake.modelRequests[0]?.body.messages[1]
      return { assistant, points: metrics.cache.points }
    }
    const spoken = await points('litellm_proxy/x', text(3))
    expect(spoken.assistant.content).toEqual([
      { type: 'text', ...text(3), cache_control: { type: 'ephemeral' } },
    ])
    expect(spoken.points).toEqual([expect.objectContaining({ at, effect: 'written' })])
    const thought = { reasoningContent: { reasoningText: { text: 'Hm', signature: 's' } } }
    const silent = await points('litellm_proxy/x', thought)
    expect(JSON.stringify(silent.assistant)).not.toContain('cache_control')
    expect(silent.points).toEqual([
      { at, effect: 'none', reason: 'unsupported', detail: expect.stringContaining('only text') },
    ])
    for (const block of [text(3), thought]) {
      const elsewhere = await points('groq/llama-3.3-70b-versatile', block)
      expect(elsewhere.points).toEqual([
        { at, effect: 'none', reason: 'unsupported', detail: expect.stringContaining('provider') },
      ])
    }
  })

  test('a second cache point among the tools is refused', () => {
    const tools = [
      cachePoint,
      calculator,
      { cachePoint: { type: 'default' as const, ttl: '1h' as const } },
    ]
    expect(() => new Agent({ model: model(), tools })).toThrow(
      expect.objectContaining({
        code: 'configuration',
        message: expect.stringContaining('2 cache points'),
      }),
    )
  })

  test('below the minimum, and on a wire without caching, say why', async () => {
    const systemPrompt = [text(20), cachePoint]
    const short = await new Agent({ model: model(), systemPrompt }).invoke('Hello')
    expect(short.metrics.cache.points).toEqual([
      expect.objectContaining({ at: 'system[1]', effect: 'none', reason: 'belowMinimum' }),
    ])
    const groq = model({ modelId: 'groq/llama-3.3-70b-versatile' })
    const none = await new Agent({ model: groq, systemPrompt }).invoke('Hello')
    expect(none.metrics.cache.points).toEqual([
      expect.objectContaining({ effect: 'none', reason: 'unsupported' }),
    ])
    expect(fake.modelRequests[1]?.body.messages[0].content).toBe(text(20).text)
  })
})
