import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CoreAgent } from '../../src/agent/agent.js'
import type { ContentBlock } from '../../src/agent/messages/content.js'
import type { Tool } from '../../src/agent/tools/tool.js'
import { LiteLLMModel } from '../../src/litellm/model.js'
import {
  bedrockEvent,
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import {
  bedrockModel,
  bedrockRoute,
  type CallOptions,
  callError,
  callEvents,
  callReply,
  claude,
  says,
} from './bedrock-call.js'

const long = 'Answer in one sentence. '.repeat(300)
const ways = [
  ['streamed', true],
  ['in one reply', false],
] as const

let provider: FakeProvider
beforeAll(async () => {
  provider = await startFakeProvider()
})
afterAll(() => provider.close())
beforeEach(() => provider.reset())

function options(more: Partial<CallOptions> = {}): CallOptions {
  return { route: bedrockRoute(provider.url), ...more }
}

const calculator: Tool = {
  spec: {
    name: 'calculator',
    description: 'Calculates',
    inputSchema: { type: 'object', properties: { expression: { type: 'string' } } },
  },
  run: ({ expression }) => `Result: ${expression === '2 + 2' ? 4 : 6}`,
}

describe.each(ways)('an answer %s', (_way, stream) => {
  test('text, usage and stop reason', async () => {
    provider.script({ chunks: ['Hello', ' there.'] })
    const events = await callEvents(says('Hi'), options({ stream }))
    const texts = events.flatMap((event) => (event.type === 'textDelta' ? [event.text] : []))
    expect(texts).toEqual(stream ? ['Hello', ' there.'] : ['Hello there.'])
    expect(events.at(-1)).toMatchObject({
      type: 'reply',
      reply: {
        message: { role: 'assistant', content: [{ text: 'Hello there.' }] },
        stopReason: 'endTurn',
        rawStopReason: 'end_turn',
        usage: { inputTokens: 1, outputTokens: 3, totalTokens: 4 },
      },
    })
    const [request] = provider.modelRequests
    const path = `/model/us.anthropic.claude-3-7-sonnet-20250219-v1%3A0/converse${stream ? '-stream' : ''}`
    expect(request?.path).toBe(path)
  })

  test.each([
    ['length', 'maxTokens'],
    ['stop_sequence', 'stopSequence'],
    ['content_filter', 'contentFiltered'],
    ['guardrail_intervened', 'contentFiltered'],
    ['model_context_window_exceeded', 'maxTokens'],
  ])('stopped by %s', async (stopReason, expected) => {
    provider.script({ text: 'Hm', stopReason })
    expect((await callReply(says('Hi'), options({ stream }))).stopReason).toBe(expected)
  })

  test('a tool loop, two calls at once', async () => {
    provider.script(
      {
        text: 'Let me see.',
        toolCalls: [
          { id: 'tooluse_a', name: 'calculator', arguments: { expression: '2 + 2' } },
          { id: 'tooluse_b', name: 'calculator', arguments: { expression: '3 + 3' } },
        ],
      },
      ({ toolResults }) => ({ text: toolResults.map((result) => result.text).join('; ') }),
    )
    const agent = new CoreAgent({ model: bedrockModel(options({ stream })), tools: [calculator] })
    const result = await agent.run('What are 2 + 2 and 3 + 3?')
    expect(result.text).toBe('Result: 4; Result: 6')
    expect(result.metrics.cycles.map((cycle) => cycle.stopReason)).toEqual(['toolUse', 'endTurn'])
    expect(provider.modelRequests[1]?.body.messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { text: 'Let me see.' },
          {
            toolUse: {
              toolUseId: 'tooluse_a',
              name: 'calculator',
              input: { expression: '2 + 2' },
            },
          },
          {
            toolUse: {
              toolUseId: 'tooluse_b',
              name: 'calculator',
              input: { expression: '3 + 3' },
            },
          },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'tooluse_a', content: [{ text: 'Result: 4' }] } },
          { toolResult: { toolUseId: 'tooluse_b', content: [{ text: 'Result: 6' }] } },
        ],
      },
    ])
  })

  test('a cache point is written, then read; input includes both', async () => {
    const system = [{ text: long }, { cachePoint: { type: 'default' as const } }]
    const first = await callReply({ system, ...says('Tell me') }, options({ stream }))
    const second = await callReply({ system, ...says('Tell me more') }, options({ stream }))
    expect(provider.modelRequests[0]?.body.system).toEqual(system)
    expect(first.usage).toEqual({
      inputTokens: 1802,
      outputTokens: 5,
      totalTokens: 1807,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 1800,
    })
    expect(first.cache.points).toEqual([{ at: 'system[1]', effect: 'written' }])
    expect(second.usage).toMatchObject({
      inputTokens: 1803,
      cacheReadInputTokens: 1800,
      cacheWriteInputTokens: 0,
    })
    expect(second.cache.points).toEqual([{ at: 'system[1]', effect: 'read' }])
  })

  test('signed thoughts go back with the next cycle', async () => {
    provider.script(
      {
        reasoning: { text: 'Two and two', signature: 'c2lnbmF0dXJl' },
        toolCalls: [{ name: 'calculator', arguments: { expression: '2 + 2' } }],
      },
      { text: '4' },
    )
    const params = { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 2000 }
    const model = bedrockModel(options({ stream, params }))
    const thoughts: string[] = []
    await new CoreAgent({ model, tools: [calculator] }).run('2 + 2?', {
      onEvent: (event) => void (event.type === 'reasoningDelta' && thoughts.push(event.text)),
    })
    expect(thoughts.join('')).toBe('Two and two')
    const [first, second] = provider.modelRequests
    expect(first?.body).toMatchObject({
      inferenceConfig: { maxTokens: 2000 },
      additionalModelRequestFields: { thinking: params.thinking },
    })
    expect(second?.body.messages[1].content[0]).toEqual({
      reasoningContent: { reasoningText: { text: 'Two and two', signature: 'c2lnbmF0dXJl' } },
    })
  })

  test('thoughts that were blackened out go back as they came', async () => {
    const redactedContent = Buffer.from('opaque').toString('base64')
    const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 }
    const content = [{ reasoningContent: { redactedContent } }, { text: 'Yes.' }]
    const events = [
      bedrockEvent('contentBlockDelta', { contentBlockIndex: 0, delta: content[0] as JsonObject }),
      bedrockEvent('contentBlockDelta', { contentBlockIndex: 1, delta: content[1] as JsonObject }),
      bedrockEvent('messageStop', { stopReason: 'end_turn' }),
      bedrockEvent('metadata', { usage }),
    ]
    const output = { message: { role: 'assistant', content } }
    provider.script(
      stream
        ? { rawEvents: events }
        : { raw: { status: 200, body: { output, stopReason: 'end_turn', usage } } },
    )
    const model = bedrockModel(options({ stream }))
    const agent = new CoreAgent({ model })
    await agent.run('Really?')
    expect(agent.messages[1]?.content).toEqual([
      { reasoningContent: { redactedContent, origin: expect.any(String) } },
      { text: 'Yes.' },
    ])
    await agent.run('Really?')
    expect(provider.modelRequests[1]?.body.messages[1].content).toEqual(content)
  })

  test('arguments that are no object are kept as they were', async () => {
    const tools = [calculator.spec]
    const call = { id: 'tooluse_1', name: 'calculator' }
    provider.script({ toolCalls: [{ ...call, arguments: stream ? '{"expression": 2 +' : '[1]' }] })
    const { message } = await callReply({ tools, ...says('Hi') }, options({ stream }))
    const raw = stream ? '{"expression": 2 +' : '[1]'
    expect(message.content).toEqual([
      {
        toolUse: {
          toolUseId: 'tooluse_1',
          name: 'calculator',
          input: stream ? raw : [1],
          rawInput: raw,
        },
      },
    ])
  })
})

test('numbers in arguments stay numbers', async () => {
  const input = { big: 2 ** 60, small: 0.1, huge: 1e300, fine: 0.1 + 0.2 }
  const text = '{"big":1152921504606846976,"small":0.1,"huge":1e300,"fine":0.300000000000000044408}'
  const content = `[{"toolUse":{"toolUseId":"tooluse_1","name":"calculator","input":${text}}}]`
  const body = `{"output":{"message":{"role":"assistant","content":${content}}},"stopReason":"tool_use"}`
  provider.script({ raw: { status: 200, headers: { 'content-type': 'application/json' }, body } })
  const { message } = await callReply(
    { tools: [calculator.spec], ...says('Hi') },
    options({ stream: false }),
  )
  expect(message.content[0]).toMatchObject({ toolUse: { input } })
})

test('images and documents reach Converse as base64', async () => {
  const bytes = Buffer.from([0, 255, 1, 254]).toString('base64')
  const content: ContentBlock[] = [
    { image: { format: 'png', source: { bytes } } },
    { document: { format: 'pdf', name: 'paper.pdf', source: { bytes } } },
    { text: 'What is this?' },
  ]
  await callReply({ messages: [{ role: 'user', content }] }, options())
  expect(provider.modelRequests[0]?.body.messages[0].content).toEqual([
    { image: { format: 'png', source: { bytes } } },
    { document: { format: 'pdf', name: 'paper-pdf', source: { bytes } } },
    { text: 'What is this?' },
  ])
})

test('thought tokens are told where Claude tells them', async () => {
  const usage = { inputTokens: 1, outputTokens: 9, totalTokens: 10 }
  const additionalModelResponseFields = { usage: { output_tokens_details: { thinking_tokens: 7 } } }
  provider.script({
    rawEvents: [
      bedrockEvent('messageStop', { stopReason: 'end_turn', additionalModelResponseFields }),
      bedrockEvent('metadata', { usage }),
    ],
  })
  const reply = await callReply(says('Hi'), options())
  expect(reply.usage).toEqual({ ...usage, reasoningTokens: 7 })
})

test('an endpoint may have a path', async () => {
  provider.script({ raw: { status: 404 } })
  await callError(says('Hi'), { route: bedrockRoute(`${provider.url}/gateway`) })
  expect(provider.requests[0]?.path).toMatch(
    /^\/gateway\/model\/us\.anthropic\S+%3A0\/converse-stream$/,
  )
})

test('cache points after tools, system prompt and messages, each with its life', async () => {
  const hour = { type: 'default' as const, ttl: '1h' as const }
  const short = { type: 'default' as const }
  const request = {
    tools: [{ ...calculator.spec, description: long }],
    toolsCachePoint: hour,
    system: [{ text: long }, { cachePoint: hour }],
    messages: [
      { role: 'user' as const, content: [{ text: long }, { cachePoint: short }, { text: 'Go' }] },
    ],
  }
  const first = await callReply(request, options())
  const body = provider.modelRequests[0]?.body as JsonObject
  expect(body.toolConfig.tools[1]).toEqual({ cachePoint: hour })
  expect(body.system[1]).toEqual({ cachePoint: hour })
  expect(body.messages[0].content[1]).toEqual({ cachePoint: short })
  const ats = ['tools', 'system[1]', 'messages[0].content[1]']
  expect(first.cache.points).toEqual(ats.map((at) => ({ at, effect: 'written' })))
  expect(first.cache.written).toBeGreaterThan(5400)
  const second = await callReply(request, options())
  expect(second.cache.points).toEqual(ats.map((at) => ({ at, effect: 'read' })))
  expect(second.usage?.inputTokens).toBe(first.usage?.inputTokens)
})

test('points that cannot go out are named with the reason', async () => {
  const point = { cachePoint: { type: 'default' as const } }
  const system = [point, { text: 'a' }, point, point, { text: 'b' }, point]
  const content: ContentBlock[] = [{ text: 'c' }, point, { text: 'd' }, point, { text: 'e' }, point]
  const request = { system, messages: [{ role: 'user' as const, content }] }
  const { cache } = await callReply(request, options())
  const refused = cache.points.filter(({ reason }) => reason && reason !== 'belowMinimum')
  expect(refused.map(({ at, reason }) => [at, reason])).toEqual([
    ['system[0]', 'nothingBefore'],
    ['system[3]', 'nothingBefore'],
    ['messages[0].content[5]', 'tooMany'],
  ])
})

test('a stream in pieces of every size is the same stream', async () => {
  const step = {
    reasoning: { text: 'Größe 👋', signature: 'c2ln' },
    text: 'Grüße 👋 an alle',
    toolCalls: [{ id: 'tooluse_1', name: 'calculator', arguments: { expression: '«2 + 2»' } }],
  }
  const request = { tools: [calculator.spec], ...says('Hi') }
  provider.script(step, ...[1, 2, 7, 64].map((splitBytes) => ({ ...step, splitBytes })))
  const whole = await callReply(request, options())
  for (let count = 0; count < 4; count++)
    expect(await callReply(request, options())).toMatchObject({
      message: whole.message,
      usage: whole.usage,
    })
})

describe('a stream that goes wrong', () => {
  test.each(['noDone', 'reset'] as const)('%s', async (end) => {
    provider.script({ text: 'Half an answer', end, ...(end === 'noDone' && { stopReason: null }) })
    const error = await callError(says('Hi'), options())
    expect(error).toMatchObject({ code: 'connection', retryable: true })
    expect(error.text).toContain('Half')
  })

  test('cut inside a message', async () => {
    const delta = { contentBlockIndex: 0, delta: { text: 'Half' } }
    const whole = bedrockEvent('contentBlockDelta', delta)
    provider.script({ rawEvents: [whole, whole.subarray(0, 30)] })
    expect(await callError(says('Hi'), options())).toMatchObject({
      code: 'connection',
      retryable: true,
      text: 'Half',
    })
  })

  test.each([true, false])(
    'a page of a gateway that knows no better, stream: %s',
    async (stream) => {
      const headers = { 'content-type': 'text/html' }
      provider.script({
        raw: { status: 200, headers, body: '<html>Welcome to the gateway</html>' },
      })
      const error = await callError(says('Hi'), options({ stream }))
      expect(error).toMatchObject({ code: 'providerError', retryable: false })
      expect(error.hint).toContain('AWS_BEDROCK_RUNTIME_ENDPOINT')
    },
  )

  test.each([
    ['throttlingException', 'rateLimit'],
    ['modelStreamErrorException', 'providerError'],
    ['serviceUnavailableException', 'providerError'],
    ['internalServerException', 'providerError'],
  ])('%s', async (name, code) => {
    provider.script({
      rawEvents: [
        bedrockEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Half' } }),
        bedrockEvent(name, { message: 'Not now.' }, 'exception'),
      ],
    })
    const error = await callError(says('Hi'), options())
    expect(error).toMatchObject({ code, retryable: true, text: 'Half' })
    expect(error.message).toContain('Not now.')
  })
})

describe('cancelling', () => {
  test.each([
    ['before the headers', { text: 'Hi', delayMs: 30_000 }],
    ['in mid-stream', { text: 'Hi', end: 'hang' as const }],
  ])('%s', async (_when, step) => {
    provider.script(step)
    const cancel = new AbortController()
    const failed = callError(says('Hi'), options({ signal: cancel.signal }))
    await provider.waitFor(() => provider.requests.length > 0)
    setTimeout(() => cancel.abort(), 100)
    const started = performance.now()
    expect((await failed).code).toBe('cancelled')
    await provider.waitFor(() => provider.requests[0]?.abortedAt)
    expect(performance.now() - started).toBeLessThan(1000)
  })

  test('whoever stops listening stops the model', async () => {
    provider.script({ chunks: ['a', 'b'], end: 'hang' })
    for await (const _event of bedrockModel(options()).stream(
      { system: [], tools: [], ...says('Hi') },
      { signal: new AbortController().signal },
    ))
      break
    await provider.waitFor(() => provider.requests[0]?.abortedAt)
  })
})

describe('signing in', () => {
  test('keys sign the request, extra headers included', async () => {
    const clientArgs = { extra_headers: { 'X-Team': 'red' } }
    await callReply(says('Hi'), options({ clientArgs }))
    const headers = provider.modelRequests[0]?.headers ?? {}
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDTEST\/\d+\/us-east-1\/bedrock\/aws4_request, SignedHeaders=\S*x-team/,
    )
    expect(headers['x-team']).toBe('red')
  })

  test('a session token goes along', async () => {
    const aws = {
      region: 'eu-west-1',
      accessKeyId: 'ASIA',
      secretAccessKey: 'not-a-secret',
      sessionToken: 'session',
    }
    await callReply(says('Hi'), options({ route: bedrockRoute(provider.url, { aws }) }))
    const headers = provider.modelRequests[0]?.headers ?? {}
    expect(headers['x-amz-security-token']).toBe('session')
    expect(headers.authorization).toContain('/eu-west-1/bedrock/')
  })

  test('a bearer key is used instead of keys', async () => {
    const route = bedrockRoute(provider.url, { apiKey: 'bedrock-api-key-test' })
    await callReply(says('Hi'), options({ route }))
    expect(provider.modelRequests[0]?.headers.authorization).toBe('Bearer bedrock-api-key-test')
  })
})

test.each(ways)('connections are kept, %s', async (_way, stream) => {
  let connections = 0
  const frames = [bedrockEvent('messageStop', { stopReason: 'end_turn' })]
  const server = createServer((request, response) => {
    request.resume()
    if (!stream) response.setHeader('content-type', 'application/json')
    response.end(stream ? Buffer.concat(frames) : '{"stopReason":"end_turn"}')
  }).on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const route = bedrockRoute(`http://127.0.0.1:${port}`)
  for (let count = 0; count < 4; count++) await callReply(says('Hi'), { route, stream })
  server.close()
  server.closeAllConnections()
  expect(connections).toBe(1)
})

describe('by its model id', () => {
  const env = { AWS_REGION: 'us-east-1' }
  const clientArgs = () => ({
    aws_access_key_id: 'AKIDTEST',
    aws_secret_access_key: 'not-a-secret',
    aws_bedrock_runtime_endpoint: provider.url,
  })

  test('the agent answers, and a throttled call is repeated', async () => {
    provider.script({ raw: { status: 429 } }, { text: 'Hello.' })
    const model = new LiteLLMModel(
      { modelId: `bedrock/${claude}`, clientArgs: clientArgs() },
      { env },
    )
    const result = await new CoreAgent({ model }).run('Hi')
    expect(result.text).toBe('Hello.')
    expect(provider.modelRequests).toHaveLength(2)
    expect(JSON.stringify(provider.modelRequests[1]?.body)).not.toMatch(/aws_|AKIDTEST/)
  })

  test('an hour that the model does not know becomes the usual life, and that is said', async () => {
    const model = new LiteLLMModel(
      { modelId: `bedrock/${claude}`, clientArgs: clientArgs() },
      { env },
    )
    const systemPrompt = [
      { text: long },
      { cachePoint: { type: 'default' as const, ttl: '1h' as const } },
    ]
    const result = await new CoreAgent({ model, systemPrompt }).run('Hi')
    expect(provider.modelRequests[0]?.body.system[1]).toEqual({ cachePoint: { type: 'default' } })
    expect(result.metrics.notices).toEqual([expect.stringContaining('ttl 1h was not sent')])
    expect(result.metrics.cache.written).toBe(1800)
  })

  test('a model without a prompt cache gets no points, and the report says so', async () => {
    const modelId = 'bedrock/us.meta.llama3-3-70b-instruct-v1:0'
    const model = new LiteLLMModel({ modelId, clientArgs: clientArgs() }, { env })
    const systemPrompt = [{ text: long }, { cachePoint: { type: 'default' as const } }]
    const result = await new CoreAgent({ model, systemPrompt }).run('Hi')
    expect(provider.modelRequests[0]?.body.system).toEqual([{ text: long }])
    expect(result.metrics.cache.points).toMatchObject([{ at: 'system[1]', reason: 'unsupported' }])
  })
})
