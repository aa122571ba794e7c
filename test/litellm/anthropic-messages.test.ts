import { Agent, AgentError, calculator, LiteLLMModel, tool } from 'litellm-agents-mcp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { errorStep, type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'

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
      modelId: 'anthropic/claude-sonnet-4-6',
      clientArgs: { api_key: 'sk-ant-test-0123456789', api_base: fake.url, ...clientArgs },
      ...rest,
    },
    { env: {} },
  )
}

const long = { text: 'A long constant text. '.repeat(400) }
const cachePoint = { cachePoint: { type: 'default' as const } }

describe('the Anthropic Messages wire', () => {
  test.each([
    ['a stream', {}],
    ['a stream in pieces of one byte', { splitBytes: 1 }],
    ['one JSON reply', { stream: false }],
  ])(
    '%s: text, thinking, parallel tools',
    async (_, { stream = true, splitBytes }: { stream?: boolean; splitBytes?: number }) => {
      const split = splitBytes ? { splitBytes } : {}
      fake.script(
        {
          reasoning: { text: 'Two sums — größer.', signature: 'sig-1' },
          text: 'Let me see.',
          toolCalls: [
            { id: 't1', name: 'calculator', arguments: { expression: '1+1' } },
            { id: 't2', name: 'calculator', arguments: { expression: '2*3' } },
          ],
          ...split,
        },
        { chunks: ['Zwei ', 'und sechs – ', '✓'], ...split },
      )
      const agent = new Agent({ model: model({ stream }), tools: [calculator] })
      const result = await agent.invoke('Compute')
      expect(result).toMatchObject({ text: 'Zwei und sechs – ✓', stopReason: 'endTurn' })
      const [first, second] = fake.modelRequests
      expect(first).toMatchObject({
        path: '/v1/messages',
        headers: { 'x-api-key': 'sk-ant-test-0123456789', 'anthropic-version': '2023-06-01' },
        body: { model: 'claude-sonnet-4-6', max_tokens: 128_000 },
      })
      expect(second?.body.messages.slice(1)).toEqual([
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Two sums — größer.', signature: 'sig-1' },
            { type: 'text', text: 'Let me see.' },
            { type: 'tool_use', id: 't1', name: 'calculator', input: { expression: '1+1' } },
            { type: 'tool_use', id: 't2', name: 'calculator', input: { expression: '2*3' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't1', content: 'Result: 2' },
            { type: 'tool_result', tool_use_id: 't2', content: 'Result: 6' },
          ],
        },
      ])
    },
  )

  test('cache points after tools, system and messages are written, then read, and priced', async () => {
    const agent = new Agent({
      model: model(),
      tools: [calculator, { cachePoint: { type: 'default', ttl: '1h' } }],
      systemPrompt: [long, { cachePoint: { type: 'default', ttl: '1h' } }],
    })
    const first = await agent.invoke([long, cachePoint])
    const body = fake.modelRequests[0]?.body ?? {}
    expect(body.tools[0].cache_control).toEqual({ type: 'ephemeral', ttl: '1h' })
    expect(body.system[0].cache_control).toEqual({ type: 'ephemeral', ttl: '1h' })
    expect(body.messages[0].content[0].cache_control).toEqual({ type: 'ephemeral' })
    const used = first.usage
    expect(used?.inputTokens).toBeGreaterThanOrEqual(used?.cacheWriteInputTokens ?? 0)
    expect(used?.cacheReadInputTokens).toBe(0)
    expect(first.metrics.cache.points.map(({ effect }) => effect)).toContain('written')
    expect(first.metrics.cycles[0]?.costSource).toBe('computed')

    const second = await agent.invoke('And?')
    expect(second.usage?.cacheReadInputTokens).toBeGreaterThan(2_000)
    expect(second.metrics.cache.savedUsd).toBeGreaterThan(0)
    expect(second.metrics.costUsd).toBeLessThan(first.metrics.costUsd ?? 0)
  })

  test('a tool that fails says so by is_error, and images go back as images', async () => {
    const camera = tool({
      name: 'camera',
      description: 'Takes a picture.',
      inputSchema: { type: 'object', properties: {} },
      handler: async () => [{ image: { format: 'png' as const, source: { bytes: 'aGk=' } } }],
    })
    fake.script(
      {
        toolCalls: [
          { id: 'a', name: 'camera', arguments: {} },
          { id: 'b', name: 'calculator', arguments: '{"expression": ' },
        ],
      },
      { text: 'ok' },
    )
    await new Agent({ model: model(), tools: [camera, calculator] }).invoke('Snap')
    const [image, failed] = fake.modelRequests[1]?.body.messages[2].content ?? []
    expect(image.content).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } },
    ])
    expect(failed).toMatchObject({ tool_use_id: 'b', is_error: true })
  })

  test('documents: PDF and text go in, others are refused before any call', async () => {
    const document = (format: 'pdf' | 'txt' | 'docx') => ({
      document: { format, name: 'notes', source: { bytes: 'aGk=' } },
    })
    fake.script({ text: 'read' })
    await new Agent({ model: model() }).invoke([{ text: 'Read' }, document('pdf'), document('txt')])
    const content = fake.modelRequests[0]?.body.messages[0].content
    expect(content[1].source).toMatchObject({ type: 'base64', media_type: 'application/pdf' })
    expect(content[2].source).toEqual({ type: 'text', media_type: 'text/plain', data: 'hi' })
    const refused = new Agent({ model: model() }).invoke([{ text: 'Read' }, document('docx')])
    await expect(refused).rejects.toMatchObject({ code: 'invalidRequest' })
    expect(fake.modelRequests).toHaveLength(1)
  })

  test('what a model refuses is left out, and said once', async () => {
    fake.script(
      { toolCalls: [{ name: 'calculator', arguments: { expression: '1' } }] },
      { text: 'ok' },
    )
    const opus = model({ modelId: 'claude-opus-5', params: { temperature: 0.7, max_tokens: 100 } })
    const result = await new Agent({ model: opus, tools: [calculator] }).invoke('Go')
    expect(fake.modelRequests[0]?.body).not.toHaveProperty('temperature')
    expect(fake.modelRequests[0]?.body.max_tokens).toBe(100)
    expect(result.metrics.notices).toEqual([
      'temperature was not sent: claude-opus-5 takes no sampling parameters.',
    ])
  })

  test('a model that cannot be forced is asked, and still ends in the object', async () => {
    fake.script({
      toolCalls: [{ name: 'Person', arguments: { name: 'Ada' } }],
    })
    const fable = model({ modelId: 'anthropic/claude-fable-5-1' })
    const schema = {
      title: 'Person',
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
    }
    const { output } = await new Agent({ model: fable }).structuredOutput(schema, 'Ada Lovelace')
    expect(output).toEqual({ name: 'Ada' })
    expect(fake.modelRequests[0]?.body).not.toHaveProperty('tool_choice')
  })

  test('OpenAI parameters take their Anthropic names; those without one are an error', async () => {
    fake.script({ text: 'ok' })
    const params = {
      max_completion_tokens: 50,
      stop: 'END',
      user: 'u1',
      parallel_tool_calls: false,
    }
    await new Agent({ model: model({ params }), tools: [calculator] }).invoke('Go')
    expect(fake.modelRequests[0]?.body).toMatchObject({
      max_tokens: 50,
      stop_sequences: ['END'],
      metadata: { user_id: 'u1' },
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    })
    const odd = new Agent({ model: model({ params: { logit_bias: { 1: 1 } } }) })
    await expect(odd.invoke('Go')).rejects.toMatchObject({ code: 'unsupportedParams' })
    const dropping = { logit_bias: { 1: 1 }, drop_params: true }
    const told = await new Agent({ model: model({ params: dropping }) }).invoke('Go')
    expect(told.metrics.notices).toHaveLength(1)
  })

  test.each([
    [401, 'authentication', 1],
    [529, 'providerError', 2],
  ])('%i is %s', async (status, code, requests) => {
    fake.script(errorStep(status), errorStep(status))
    const agent = new Agent({ model: model({ clientArgs: { num_retries: 1 } }) })
    await expect(agent.invoke('Hello')).rejects.toMatchObject({ code })
    expect(fake.modelRequests).toHaveLength(requests)
  })

  const tooLong =
    'input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000, decrease input length or `max_tokens` and try again'

  test.each([
    ['contextWindowOverflow', tooLong],
    ['budgetExceeded', 'Your credit balance is too low to access the Anthropic API.'],
  ])('400 is %s, where the message says so', async (code, message) => {
    fake.script(errorStep(400, { error: { type: 'invalid_request_error', message } }))
    await expect(new Agent({ model: model() }).invoke('Hello')).rejects.toMatchObject({ code })
  })

  test('a conversation that is too long goes to the next model', async () => {
    const fallback = {
      modelId: 'openai/gpt-4.1',
      clientArgs: { api_key: 'sk-test-0123456789', api_base: `${fake.url}/v1` },
    }
    fake.script(errorStep(400, { error: { type: 'invalid_request_error', message: tooLong } }), {
      text: 'It fits here.',
    })
    const agent = new Agent({ model: model({ fallbacks: [fallback] }) })
    expect((await agent.invoke('Hello')).text).toBe('It fits here.')
  })

  test('ids of other providers take a form that Anthropic takes, and stay apart', async () => {
    const ids = [
      'functions.get:0',
      'functions.get_0',
      'functions get:0',
      'toolu_01',
      'x'.repeat(90),
    ]
    const messages = [
      { role: 'user' as const, content: [{ text: 'Get' }] },
      {
        role: 'assistant' as const,
        content: ids.map((toolUseId) => ({ toolUse: { toolUseId, name: 'get', input: {} } })),
      },
      {
        role: 'user' as const,
        content: ids.map((toolUseId) => ({
          toolResult: { toolUseId, status: 'success' as const, content: [{ text: toolUseId }] },
        })),
      },
      { role: 'assistant' as const, content: [{ text: 'Got' }] },
    ]
    fake.script({ text: 'ok' })
    await new Agent({ model: model(), messages }).invoke('And?')
    const sent = fake.modelRequests[0]?.body.messages
    const used: string[] = sent[1].content.map(({ id }: { id: string }) => id)
    expect(used.filter((id) => !/^[a-zA-Z0-9_-]+$/.test(id))).toEqual([])
    expect(new Set(used).size).toBe(ids.length)
    expect(used[3]).toBe('toolu_01')
    expect(
      sent[2].content.map((result: { tool_use_id: string; content: string }) => [
        result.tool_use_id,
        result.content,
      ]),
    ).toEqual(used.map((id, index) => [id, ids[index]]))
  })

  test('a stream without its end is an error, and what was said is kept', async () => {
    fake.script({ chunks: ['Half an '], end: 'reset' })
    const error = await new Agent({ model: model() }).invoke('Go').catch((thrown) => thrown)
    expect(error).toBeInstanceOf(AgentError)
    expect(error).toMatchObject({ code: 'connection', text: 'Half an ' })
  })

  test('abort reaches the provider within a second', async () => {
    fake.script({ chunks: ['a'], end: 'hang' })
    const cancel = new AbortController()
    const run = new Agent({ model: model() }).invoke('Go', { signal: cancel.signal })
    await fake.waitFor(({ modelRequests }) => modelRequests[0])
    setTimeout(() => cancel.abort(), 50)
    expect((await run).stopReason).toBe('cancelled')
    await fake.waitFor(({ modelRequests }) => modelRequests[0]?.abortedAt, 1_000)
  })

  test("LiteLLM's own /v1/messages is spoken with wire: anthropic", async () => {
    fake.script({ text: 'ok' })
    const proxied = new LiteLLMModel(
      {
        modelId: 'litellm_proxy/claude',
        clientArgs: { api_key: 'sk-proxy-key', api_base: `${fake.url}/v1`, wire: 'anthropic' },
      },
      { env: {} },
    )
    await new Agent({ model: proxied, systemPrompt: [long, cachePoint] }).invoke('Go')
    expect(fake.modelRequests[0]).toMatchObject({
      path: '/v1/messages',
      headers: { authorization: 'Bearer sk-proxy-key' },
    })
    expect(fake.modelRequests[0]?.headers).not.toHaveProperty('x-api-key')
  })

  test('maxCostUsd: the answer is shortened to what is left, and a call too dear is not made', async () => {
    fake.script({ text: 'ok' })
    const agent = new Agent({ model: model() })
    const { metrics } = await agent.invoke('Hello', { limits: { maxCostUsd: 0.01 } })
    // At $15 per million tokens out, a cent buys at most 666.
    expect(fake.modelRequests[0]?.body.max_tokens).toBeLessThanOrEqual(666)
    expect(fake.modelRequests[0]?.body.max_tokens).toBeGreaterThan(500)
    expect(metrics.notices).toEqual([expect.stringContaining('to fit maxCostUsd')])

    const tooDear = agent.invoke('x'.repeat(100_000), { limits: { maxCostUsd: 0.01 } })
    await expect(tooDear).rejects.toMatchObject({
      code: 'limitReached',
      usage: { totalTokens: 0 },
    })
    expect(fake.modelRequests).toHaveLength(1)
  })

  test('a call whose thinking would not fit what is left is not made', async () => {
    const thinking = { type: 'enabled', budget_tokens: 2_000 }
    const agent = new Agent({ model: model({ params: { max_tokens: 8_000, thinking } }) })
    await expect(agent.invoke('Hello', { limits: { maxCostUsd: 0.02 } })).rejects.toMatchObject({
      code: 'limitReached',
      limit: { name: 'maxCostUsd', max: 0.02, spent: 0 },
    })
    expect(fake.modelRequests).toHaveLength(0)
  })

  test('the limits on tokens shorten the answer that a request asks for', async () => {
    fake.script({ text: 'ok' }, { text: 'ok' }, { text: 'ok' })
    const asking = model({ params: { max_tokens: 4_000 } })
    const first = await new Agent({ model: asking }).invoke('Hello', {
      limits: { maxOutputTokens: 300 },
    })
    expect(first.metrics.notices).toEqual([
      'The answer was limited to 300 tokens to fit maxOutputTokens.',
    ])
    await new Agent({ model: asking }).invoke('Hello', { limits: { maxTotalTokens: 1_000 } })
    const asked = fake.modelRequests[1]?.body.max_tokens
    expect(asked).toBeGreaterThan(900)
    expect(asked).toBeLessThan(1_000)
    const roomy = await new Agent({ model: asking }).invoke('Hello', {
      limits: { maxOutputTokens: 5_000, maxTotalTokens: 50_000 },
    })
    expect(roomy.metrics.notices).toEqual([])
    expect(fake.modelRequests[2]?.body.max_tokens).toBe(4_000)
  })

  test('maxCostUsd is never exceeded, and ends a run with what it has', async () => {
    const looping = () => ({
      text: 'Working.',
      toolCalls: [{ name: 'calculator', arguments: { expression: '1+1' } }],
    })
    fake.script(...Array.from({ length: 40 }, looping))
    const agent = new Agent({ model: model(), tools: [calculator], systemPrompt: [long] })
    const limits = { maxCostUsd: 0.05, maxCycles: 40 }
    const result = await agent.invoke('Go', { limits })
    expect(result).toMatchObject({
      stopReason: 'limitReached',
      text: 'Working.',
      limit: { name: 'maxCostUsd', max: 0.05 },
    })
    expect(result.metrics.costUsd).toBeLessThanOrEqual(0.05)
    expect(result.metrics.cycles.length).toBeGreaterThan(1)
  })
})

describe('an answer that the provider pauses', () => {
  const searched = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search' }
  const found = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }

  /** A turn of Anthropic that ends with a pause, as its events. */
  function paused(input: number): string[] {
    const event = (data: { type: string; [member: string]: unknown }) =>
      `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
    const start = (index: number, content_block: object) =>
      event({ type: 'content_block_start', index, content_block })
    const delta = (index: number, change: object) =>
      event({ type: 'content_block_delta', index, delta: change })
    const usage = { input_tokens: input, output_tokens: 1 }
    return [
      event({ type: 'message_start', message: { model: 'claude-sonnet-4-6', usage } }),
      start(0, { type: 'text', text: '' }),
      delta(0, { type: 'text_delta', text: 'I search. ' }),
      start(1, { ...searched, input: {} }),
      delta(1, { type: 'input_json_delta', partial_json: '{"query": "pa' }),
      delta(1, { type: 'input_json_delta', partial_json: 'ris"}' }),
      start(2, found),
      event({
        type: 'message_delta',
        delta: { stop_reason: 'pause_turn' },
        usage: { output_tokens: 20, server_tool_use: { web_search_requests: 1 } },
      }),
      event({ type: 'message_stop' }),
    ]
  }

  test('is continued with what was said, and both parts count', async () => {
    fake.script({ rawEvents: paused(100) }, { text: 'Paris is warm.' })
    const result = await new Agent({ model: model() }).invoke('How warm is Paris?')
    expect(result).toMatchObject({ text: 'I search. Paris is warm.', stopReason: 'endTurn' })
    const [first, second] = fake.modelRequests
    expect(second?.body.messages.slice(first?.body.messages.length)).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I search. ' },
          { ...searched, input: { query: 'paris' } },
          found,
        ],
      },
    ])
    const { input = 0, output = 0 } = second?.billed ?? {}
    expect(result.usage).toMatchObject({ inputTokens: 100 + input, outputTokens: 20 + output })
  })

  test('fails if it is paused without end', async () => {
    fake.script(...Array.from({ length: 20 }, () => ({ rawEvents: paused(10) })))
    const failed = new Agent({ model: model() }).invoke('How warm is Paris?')
    await expect(failed).rejects.toMatchObject({ code: 'providerError' })
    expect(fake.modelRequests).toHaveLength(11)
  })
})
