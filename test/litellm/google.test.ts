import { writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  Agent,
  calculator,
  explainRoute,
  LiteLLMModel,
  type LiteLLMModelConfig,
  type Message,
} from '../../src/index.js'
import {
  errorStep,
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider({ minCacheTokens: 200 })
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

const env = { VERTEXAI_PROJECT: 'my-project', VERTEXAI_LOCATION: 'europe-west1' }
const flash = 'gemini/gemini-3-flash-preview'

function model(modelId: string, config: Partial<LiteLLMModelConfig> = {}) {
  const clientArgs = {
    api_key: 'test-key',
    api_base: modelId.startsWith('gemini/') ? `${fake.url}/v1beta` : fake.url,
    num_retries: 0,
    ...config.clientArgs,
  }
  return new LiteLLMModel({ modelId, ...config, clientArgs }, { env })
}

function bodies(): JsonObject[] {
  return fake.modelRequests.map(({ body }) => body)
}

const parts = (body: JsonObject | undefined, at: number): JsonObject[] => body?.contents[at].parts

describe('requests', () => {
  test('has the key in a header of Google, and none in the address', async () => {
    await new Agent({ model: model(flash) }).invoke('Hello')
    const [request] = fake.modelRequests
    expect(request?.path).toBe(
      '/v1beta/models/gemini-3-flash-preview:streamGenerateContent?alt=sse',
    )
    expect(request?.headers['x-goog-api-key']).toBe('test-key')
    expect(request?.headers.authorization).toBeUndefined()
  })

  test('returns the signature of a call with the call', async () => {
    fake.script(
      { reasoning: { text: 'I must compute.', signature: 'U0lH' }, toolCalls: [call('2+2')] },
      { text: 'Four.' },
    )
    await new Agent({ model: model(flash), tools: [calculator] }).invoke('Compute')
    const [thought, called] = parts(bodies()[1], 1)
    expect(thought).toEqual({ thought: true, text: 'I must compute.' })
    expect(called?.thoughtSignature).toBe('U0lH')
    expect(called?.function_call).toMatchObject({ name: 'calculator', args: { expression: '2+2' } })
  })

  test('gives the calls of another model a signature that Google accepts', async () => {
    const messages: Message[] = [
      { role: 'user', content: [{ text: 'Compute' }] },
      {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'Of Claude', signature: 'abc' } } },
          { toolUse: { toolUseId: 'toolu_1', name: 'calculator', input: { expression: '1' } } },
          { toolUse: { toolUseId: 'toolu_2', name: 'calculator', input: { expression: '2' } } },
        ],
      },
      {
        role: 'user',
        content: ['toolu_1', 'toolu_2'].map((toolUseId) => ({
          toolResult: { toolUseId, status: 'success', content: [{ text: '1' }] },
        })),
      },
    ]
    const agent = new Agent({ model: model(flash), tools: [calculator], messages })
    expect((await agent.invoke('And now?')).stopReason).toBe('endTurn')
    const sent = parts(bodies()[0], 1)
    expect(sent).toHaveLength(2)
    expect(sent[0]?.thoughtSignature).toBe(btoa('skip_thought_signature_validator'))
    expect(sent[1]?.thoughtSignature).toBeUndefined()
    expect(parts(bodies()[0], 2).map((part) => part.function_response?.name)).toEqual([
      'calculator',
      'calculator',
      undefined,
    ])
  })

  test.each([
    ['gemini/gemini-3-pro-preview', 'medium', { thinkingLevel: 'high', includeThoughts: true }],
    ['gemini/gemini-3.1-pro-preview', 'medium', { thinkingLevel: 'medium', includeThoughts: true }],
    [flash, 'none', { thinkingLevel: 'minimal', includeThoughts: false }],
    ['gemini/gemini-2.5-pro', 'high', { thinkingBudget: 4096, includeThoughts: true }],
    ['gemini/gemini-2.5-flash', 'minimal', { thinkingBudget: 1, includeThoughts: true }],
  ])('asks %s for the effort %s', async (modelId, reasoning_effort, thinkingConfig) => {
    await new Agent({ model: model(modelId, { params: { reasoning_effort } }) }).invoke('Hi')
    expect(bodies()[0]?.generationConfig.thinkingConfig).toEqual(thinkingConfig)
  })

  test('names chat parameters as Google does, and reports those that Google lacks', async () => {
    const params = {
      max_completion_tokens: 50,
      top_p: 0.5,
      stop: 'END',
      logit_bias: { 5: 1 },
      response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } },
      tool_choice: 'none',
      safety_settings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
      parallel_tool_calls: false,
    }
    const agent = new Agent({
      model: model('gemini/gemini-2.5-flash', { params }),
      tools: [calculator],
    })
    const { metrics } = await agent.invoke('Hi')
    const [body] = bodies()
    expect(body?.generationConfig).toEqual({
      max_output_tokens: 50,
      top_p: 0.5,
      stop_sequences: ['END'],
      response_mime_type: 'application/json',
      response_json_schema: { type: 'object' },
    })
    expect(body?.toolConfig).toEqual({ functionCallingConfig: { mode: 'NONE' } })
    expect(body?.safetySettings).toEqual(params.safety_settings)
    expect(Object.keys(body ?? {})).not.toContain('parallel_tool_calls')
    expect(metrics.notices.join()).toContain('logit_bias')
  })

  test.each(['/v1beta/openai', '/v1'])(
    'calls a base URL that ends in %s over chat',
    async (path) => {
      const clientArgs = { api_base: fake.url + path }
      await new Agent({ model: model(flash, { clientArgs }) }).invoke('Hi')
      expect(fake.modelRequests[0]?.wire).toBe('openai')
    },
  )
})

describe('answers', () => {
  test('counts thoughts as output', async () => {
    fake.script({ reasoning: { text: 'Long thoughts of the model.' }, text: 'Yes.' })
    const { usage, metrics } = await new Agent({ model: model(flash) }).invoke('Hi')
    expect(usage?.reasoningTokens).toBeGreaterThan(0)
    expect(usage?.outputTokens).toBeGreaterThan(usage?.reasoningTokens ?? 0)
    expect(metrics.costUsd).toBeGreaterThan(0)
  })

  test('is filtered if Google blocks the prompt', async () => {
    fake.script({
      rawEvents: [
        event({
          promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
          usageMetadata: { promptTokenCount: 5 },
        }),
      ],
    })
    const { stopReason } = await new Agent({ model: model(flash) }).invoke('Hi')
    expect(stopReason).toBe('contentFiltered')
  })

  test.each(['MALFORMED_FUNCTION_CALL', 'OTHER_NEW_REASON'])(
    'fails if it ends with %s',
    async (reason) => {
      fake.script({ text: 'Half', stopReason: reason })
      const failed = new Agent({ model: model(flash) }).invoke('Hi')
      await expect(failed).rejects.toMatchObject({ code: 'providerError' })
    },
  )

  test('is cut off if the stream has no finish reason', async () => {
    fake.script({ text: 'Half', end: 'noDone' })
    const failed = new Agent({ model: model(flash) }).invoke('Hi')
    await expect(failed).rejects.toMatchObject({ code: 'connection' })
  })

  test('has a call for each function call without an id', async () => {
    fake.script({ toolCalls: [call('1'), call('2')], omitIds: true }, { text: 'Done.' })
    const agent = new Agent({ model: model(flash), tools: [calculator] })
    await agent.invoke('Compute')
    const ids = agent.messages.flatMap(({ content }) =>
      content.flatMap((block) => ('toolUse' in block ? block.toolUse.toolUseId : [])),
    )
    expect(new Set(ids).size).toBe(2)
  })

  test('waits for the time that Google names', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.2s' }]
    const error = {
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      message: 'You exceeded your quota',
      details,
    }
    fake.script(errorStep(429, [{ error }]), { text: 'ok' })
    const clientArgs = { num_retries: 1 }
    const { text } = await new Agent({ model: model(flash, { clientArgs }) }).invoke('Hi')
    expect(text).toBe('ok')
  })
})

describe('cache points', () => {
  const systemPrompt = [
    { text: 'You answer briefly and never guess. '.repeat(60) },
    { cachePoint: { type: 'default' as const } },
  ]

  test('creates a cache once, and reads it from then on', async () => {
    const ask = () => new Agent({ model: model(flash), systemPrompt }).invoke('Hi')
    const first = await ask()
    const second = await ask()
    const created = fake.requests.filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/cachedContents'),
    )
    expect(created).toHaveLength(1)
    for (const body of bodies()) {
      expect(body.cachedContent).toMatch(/^cachedContents\//)
      expect(body.system_instruction).toBeUndefined()
    }
    expect(first.usage?.cacheReadInputTokens).toBeGreaterThan(400)
    // Creating the cache costs as much as its input.
    expect(first.metrics.costUsd).toBeGreaterThan(2 * (second.metrics.costUsd ?? Infinity))
    expect(second.metrics.cache.points).toEqual([{ at: 'system[1]', effect: 'read' }])
    expect(second.metrics.cache.savedUsd).toBeGreaterThan(0)
  })

  test('keeps a cache for the time of its point', async () => {
    const timed = [
      { text: 'You answer briefly, and for five minutes. '.repeat(60) },
      { cachePoint: { type: 'default' as const, ttl: '5m' as const } },
    ]
    await new Agent({ model: model(flash), systemPrompt: timed }).invoke('Hi')
    expect(fake.requests.find(({ method }) => method === 'POST')?.body.ttl).toBe('300s')
  })

  test('creates none where points are automatic, because Gemini caches by itself', async () => {
    const automatic = model(flash, { cache: 'auto' })
    const { text } = systemPrompt[0] as { text: string }
    await new Agent({ model: automatic, systemPrompt: text }).invoke('Hi')
    expect(fake.requests).toHaveLength(1)
    expect(bodies()[0]?.system_instruction.parts).toEqual([{ text }])
  })

  test('creates a cache again that is gone', async () => {
    const ask = () => new Agent({ model: model(flash), systemPrompt }).invoke('Hello')
    await ask()
    fake.cachedContents.clear()
    expect((await ask()).stopReason).toBe('endTurn')
    expect(fake.cachedContents.size).toBe(1)
  })

  test('sends a prompt that is too short for a cache, and reports the point', async () => {
    const short = [{ text: 'Be brief.' }, { cachePoint: { type: 'default' as const } }]
    const { metrics } = await new Agent({ model: model(flash), systemPrompt: short }).invoke('Hi')
    expect(bodies()[0]?.system_instruction.parts).toEqual([{ text: 'Be brief.' }])
    expect(metrics.cache.points).toMatchObject([
      { at: 'system[1]', effect: 'none', reason: 'belowMinimum' },
    ])
  })

  test('caches the start of a conversation, and sends only what follows', async () => {
    const prompt = [
      { text: 'The document says much. '.repeat(80) },
      { cachePoint: { type: 'default' as const } },
      { text: 'What does it say?' },
    ]
    await new Agent({ model: model(flash) }).invoke(prompt)
    expect(bodies()[0]?.contents).toEqual([
      { role: 'user', parts: [{ text: 'What does it say?' }] },
    ])
  })
})

describe('Vertex AI', () => {
  test.each([
    [
      'vertex_ai/gemini-2.5-pro',
      '/v1/projects/my-project/locations/europe-west1/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse',
    ],
    [
      'vertex_ai/claude-sonnet-4@20250514',
      '/v1/projects/my-project/locations/europe-west1/publishers/anthropic/models/claude-sonnet-4@20250514:streamRawPredict',
    ],
    [
      'vertex_ai/mistral-medium-3',
      '/v1/projects/my-project/locations/europe-west1/publishers/mistralai/models/mistral-medium-3:streamRawPredict',
    ],
    [
      'vertex_ai/meta/llama-4-scout-17b-16e-instruct-maas',
      '/v1/projects/my-project/locations/europe-west1/endpoints/openapi/chat/completions',
    ],
  ])('calls %s with an access token', async (modelId, path) => {
    const { text } = await new Agent({ model: model(modelId) }).invoke('Hello')
    expect(text).not.toBe('')
    const [request] = fake.modelRequests
    expect(request?.path).toBe(path)
    expect(request?.headers.authorization).toBe('Bearer test-key')
  })

  test('has the version of the Messages API in the body, and the model in the address', async () => {
    await new Agent({ model: model('vertex_ai/claude-sonnet-4-6') }).invoke('Hello')
    expect(bodies()[0]).toMatchObject({ anthropic_version: 'vertex-2023-10-16' })
    expect(bodies()[0]).not.toHaveProperty('model')
  })

  test.each([
    ['global', 'https://aiplatform.googleapis.com'],
    ['eu', 'https://aiplatform.eu.rep.googleapis.com'],
    ['us-east5', 'https://us-east5-aiplatform.googleapis.com'],
  ])('leads to the endpoint of %s', async (vertex_location, host) => {
    const clientArgs = { vertex_project: 'p', vertex_location, api_key: 'token' }
    const { url } = await explainRoute({ modelId: 'gemini-2.5-flash', clientArgs }, {})
    expect(url).toContain(`${host}/v1/projects/p/locations/${vertex_location}/`)
  })

  test('refuses a project that would change the address', () => {
    const config = {
      modelId: 'vertex_ai/gemini-2.5-pro',
      clientArgs: { vertex_project: 'p/../../evil' },
    }
    expect(() => new LiteLLMModel(config, { env: {} }).route).toThrow('vertex_project')
  })

  test('exchanges credentials for an access token, once for many calls', async () => {
    const tokens: JsonObject[] = []
    const issuer = createServer((request, response) => {
      let text = ''
      request.on('data', (piece) => {
        text += piece
      })
      request.on('end', () => {
        tokens.push(Object.fromEntries(new URLSearchParams(text)))
        response.setHeader('content-type', 'application/json')
        response.end(
          JSON.stringify({ access_token: 'from-google', expires_in: 3600, token_type: 'Bearer' }),
        )
      })
    })
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
    const { port } = issuer.address() as AddressInfo
    const folder = await mkdtemp(join(tmpdir(), 'google-'))
    writeFileSync(join(folder, 'token'), 'identity-of-the-workload')
    const credentials = {
      type: 'external_account',
      audience:
        '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `http://127.0.0.1:${port}/token`,
      credential_source: { file: join(folder, 'token') },
    }
    const clientArgs = { api_base: fake.url, vertex_credentials: JSON.stringify(credentials) }
    const vertex = new LiteLLMModel({ modelId: 'vertex_ai/gemini-2.5-pro', clientArgs }, { env })
    for (const prompt of ['One', 'Two']) await new Agent({ model: vertex }).invoke(prompt)
    issuer.close()
    expect(fake.modelRequests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer from-google',
      'Bearer from-google',
    ])
    expect(tokens).toHaveLength(1)
    expect(tokens[0]?.subject_token).toBe('identity-of-the-workload')
  })

  test('reports credentials that give no token, without their text', async () => {
    const clientArgs = {
      api_base: fake.url,
      vertex_credentials: '{"type": "external_account", "private": "secret-1"}',
    }
    const vertex = new LiteLLMModel({ modelId: 'vertex_ai/gemini-2.5-pro', clientArgs }, { env })
    const failed = new Agent({ model: vertex }).invoke('Hi')
    await expect(failed).rejects.toMatchObject({ code: 'configuration' })
    await expect(failed).rejects.not.toThrow('secret-1')
    expect(fake.requests).toHaveLength(0)
  })
})

function call(expression: string) {
  return { name: 'calculator', arguments: { expression } }
}

function event(response: object): string {
  return `data: ${JSON.stringify(response)}\n\n`
}
