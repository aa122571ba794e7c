import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  Agent,
  type ContentBlock,
  calculator,
  explainRoute,
  type JsonObject as Json,
  LiteLLMModel,
  type LiteLLMModelConfig,
  type Message,
} from '../../src/index.js'
import {
  type FakeProvider,
  type JsonObject,
  type Step,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'

// What single providers want or refuse, which providers.ts and adapt.ts hold as data.

const key = 'sk-test-0123456789abcdef'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

type Config = Omit<LiteLLMModelConfig, 'modelId'>

function model(modelId: string, config: Config = {}, env: Record<string, string> = {}) {
  const clientArgs = { api_key: key, api_base: `${fake.url}/v1`, ...config.clientArgs }
  return new LiteLLMModel({ modelId, ...config, clientArgs }, { env })
}

/** The body of the one request that a prompt leads to. */
async function sentBody(modelId: string, config: Config = {}): Promise<JsonObject> {
  fake.script({ text: 'ok' })
  await new Agent({ model: model(modelId, config) }).invoke('Hello')
  return fake.modelRequests[0]?.body ?? {}
}

/** The body of the second request, which takes back what the first one answered. */
async function bodyAfter(step: Step, modelId: string): Promise<JsonObject> {
  fake.script(step, { text: 'done' })
  await new Agent({ model: model(modelId), tools: [calculator] }).invoke('Compute')
  return fake.modelRequests[1]?.body ?? {}
}

const calls = (args: string | object = { expression: '1+1' }) => [
  { id: 'c1', name: 'calculator', arguments: args },
]

describe('message content', () => {
  const messages: Message[] = [
    { role: 'user', content: [{ text: 'One' }, { text: 'Two' }] },
    { role: 'assistant', content: [{ text: 'Three' }, { text: 'Four' }] },
  ]
  const systemPrompt = [{ text: 'Five' }, { text: 'Six' }]
  const image: ContentBlock = { image: { format: 'png', source: { bytes: 'aGk=' } } }

  async function contents(modelId: string, prompt: ContentBlock[]) {
    fake.script({ text: 'ok' })
    await new Agent({ model: model(modelId), messages, systemPrompt }).invoke(prompt)
    return fake.modelRequests[0]?.body.messages.map(({ content }: JsonObject) => content)
  }

  test.each([
    'groq/llama-3.3-70b-versatile',
    'cerebras/llama-3.3-70b',
    'publicai/swiss-ai/apertus-8b-instruct',
    'sambanova/Meta-Llama-3.3-70B-Instruct',
    'deepseek/deepseek-chat',
    'moonshot/kimi-k2',
    'docker_model_runner/ai/llama3.2',
    'azure_ai/Mistral-Large-3',
  ])('is a string for %s', async (modelId) => {
    const texts = ['Five\nSix', 'One\nTwo', 'Three\nFour', 'Seven']
    expect(await contents(modelId, [{ text: 'Seven' }])).toEqual(texts)
  })

  test('stays a list where there is an image', async () => {
    const sent = await contents('groq/llama-3.2-90b-vision', [{ text: 'Seven' }, image])
    expect(sent.at(-1)).toEqual([
      { type: 'text', text: 'Seven' },
      expect.objectContaining({ type: 'image_url' }),
    ])
  })

  test('is a list for everybody else', async () => {
    const sent = await contents('openai/gpt-4o-mini', [{ text: 'Seven' }])
    expect(sent.every(Array.isArray)).toBe(true)
  })
})

describe('parameters', () => {
  test.each([
    ['openai/o3', false],
    ['openai/o4-mini', false],
    ['openai/gpt-5', false],
    ['xai/grok-4', false],
    ['xai/grok-3-mini', false],
    ['xai/grok-code-fast-1', false],
    ['azure/my-gpt-5-mini', false],
    ['openai/gpt-4o-mini', true],
    ['xai/grok-3', true],
    ['azure/gpt-4o', true],
  ])('stop for %s: %s, and said where it is not sent', async (modelId, sent) => {
    fake.script({ text: 'ok' })
    const asked = model(modelId, { params: { stop: ['END'] } })
    const { metrics } = await new Agent({ model: asked }).invoke('Hello')
    expect(fake.modelRequests[0]?.body.stop).toEqual(sent ? ['END'] : undefined)
    expect(metrics.notices).toEqual(sent ? [] : [expect.stringContaining('stop was not sent')])
  })

  test.each([
    ['openai/o3-mini', 'max_completion_tokens'],
    ['openai/gpt-5.1', 'max_completion_tokens'],
    ['azure/gpt-5', 'max_completion_tokens'],
    ['azure/my-o3-mini', 'max_completion_tokens'],
    ['openai/gpt-4o-mini', 'max_tokens'],
    ['groq/llama-3.3-70b-versatile', 'max_tokens'],
  ])('max_tokens goes to %s as %s', async (modelId, name) => {
    const body = await sentBody(modelId, { params: { max_tokens: 9 } })
    expect(pick(body, /^max_/)).toEqual({ [name]: 9 })
  })

  test.each([
    ['publicai/m', 'max_tokens'],
    ['poe/m', 'max_tokens'],
    ['sarvam/sarvam-m', 'max_tokens'],
    ['openai/gpt-4o-mini', 'max_completion_tokens'],
  ])('max_completion_tokens goes to %s as %s', async (modelId, name) => {
    const body = await sentBody(modelId, { params: { max_completion_tokens: 9 } })
    expect(pick(body, /^max_/)).toEqual({ [name]: 9 })
  })
})

describe('a forced tool', () => {
  const schema = { title: 'Answer', type: 'object', properties: { answer: { type: 'string' } } }
  const thinking = { thinking: { type: 'enabled', budget_tokens: 1024 } }

  test.each<[string, Json, boolean]>([
    ['anthropic/claude-sonnet-4-6', thinking, false],
    ['anthropic/claude-sonnet-4-6', {}, true],
    ['deepseek/deepseek-chat', { reasoning_effort: 'high' }, false],
    ['deepseek/deepseek-chat', {}, true],
    // It always thinks, as the model data knows.
    ['deepseek/deepseek-reasoner', {}, false],
    ['openai/gpt-5', { reasoning_effort: 'high' }, true],
  ])('%s with %o: %s', async (modelId, params, forced) => {
    fake.script({ toolCalls: [{ name: 'Answer', arguments: { answer: '42' } }] })
    const base = modelId.startsWith('anthropic') ? { api_base: fake.url } : {}
    const asked = model(modelId, { params: { max_tokens: 4000, ...params }, clientArgs: base })
    const { output, metrics } = await new Agent({ model: asked }).structuredOutput(schema, 'Ask')
    expect(output).toEqual({ answer: '42' })
    expect('tool_choice' in (fake.modelRequests[0]?.body ?? {})).toBe(forced)
    expect(metrics.notices.some((notice) => notice.startsWith('tool_choice was not sent'))).toBe(
      !forced,
    )
  })
})

describe('what goes back with the history', () => {
  const thought = { text: 'Hm.' }

  test.each([
    ['deepseek/deepseek-chat', 'Hm.'],
    ['moonshot/kimi-k2-thinking', 'Hm.'],
    // What stands at an address of one's own may be a thinking model.
    ['openai/gpt-4o-mini', 'Hm.'],
    ['groq/llama-3.3-70b', undefined],
  ])('unsigned reasoning with the tool calls it led to: %s', async (modelId, replayed) => {
    const { messages } = await bodyAfter({ reasoning: thought, toolCalls: calls() }, modelId)
    expect(messages[1].reasoning_content).toBe(replayed)
    expect(messages[1].tool_calls).toHaveLength(1)
  })

  test('no reasoning without tool calls', async () => {
    fake.script({ reasoning: thought, text: 'Hi' }, { text: 'ok' })
    const agent = new Agent({ model: model('deepseek/deepseek-chat') })
    await agent.invoke('Hello')
    await agent.invoke('And?')
    expect(fake.modelRequests[1]?.body.messages[1]).toEqual({ role: 'assistant', content: 'Hi' })
  })

  test.each([
    ['gemini/gemini-3-pro', { extra_content: { google: { thought_signature: 'sig-1' } } }],
    ['litellm_proxy/gemini-3-pro', { provider_specific_fields: { thought_signature: 'sig-1' } }],
  ])("Gemini's thought signature where %s takes it", async (modelId, place) => {
    const call = {
      index: 0,
      id: 'c1',
      type: 'function',
      function: { name: 'calculator', arguments: '{"expression": "1+1"}' },
      ...place,
    }
    const { messages } = await bodyAfter({ rawEvents: stream({ tool_calls: [call] }) }, modelId)
    const { index: _, ...sentCall } = call
    expect(messages[1].tool_calls).toEqual([sentCall])
  })

  test.each([
    ['fireworks_ai/kimi-k2', false],
    ['mistral/mistral-large-latest', false],
    ['gemini/gemini-3-pro', false],
    ['litellm_proxy/claude', true],
    // What stands at an address of one's own may be a proxy.
    ['openai/claude', true],
  ])("Claude's signed thoughts to %s: %s", async (modelId, sent) => {
    const thought = { type: 'thinking', thinking: 'Hm.', signature: 'sig-1' }
    const { text, signature } = { text: thought.thinking, signature: thought.signature }
    const messages: Message[] = [
      { role: 'user', content: [{ text: 'Hello' }] },
      {
        role: 'assistant',
        content: [{ reasoningContent: { reasoningText: { text, signature } } }, { text: 'Hi' }],
      },
    ]
    fake.script({ text: 'ok' })
    await new Agent({ model: model(modelId), messages }).invoke('And?')
    expect(fake.modelRequests[0]?.body.messages[1]).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'Hi' }],
      ...(sent && { thinking_blocks: [thought] }),
    })
  })

  test("Gemini's thought signature stays away from others", async () => {
    const toolUse = { toolUseId: 'c1', name: 'get', input: {}, reasoningSignature: 'sig-1' }
    const messages: Message[] = [
      { role: 'user', content: [{ text: 'Get' }] },
      { role: 'assistant', content: [{ toolUse }] },
      {
        role: 'user',
        content: [{ toolResult: { toolUseId: 'c1', status: 'success', content: [{ text: '1' }] } }],
      },
      { role: 'assistant', content: [{ text: 'Got' }] },
    ]
    fake.script({ text: 'ok' })
    await new Agent({ model: model('fireworks_ai/kimi-k2'), messages }).invoke('And?')
    expect(fake.modelRequests[0]?.body.messages[1].tool_calls).toEqual([
      { id: 'c1', type: 'function', function: { name: 'get', arguments: '{}' } },
    ])
  })

  test.each([
    ['hosted_vllm/qwen3', '{"invalid_arguments": "{\\"expression\\": "}'],
    ['ollama/llama3.2', '{"invalid_arguments": "{\\"expression\\": "}'],
    ['openai/gpt-4o-mini', '{"expression": '],
  ])('arguments that are no object, to %s', async (modelId, sent) => {
    const { messages } = await bodyAfter({ toolCalls: calls('{"expression": ') }, modelId)
    expect(messages[1].tool_calls[0].function.arguments).toBe(sent)
  })
})

describe('addresses', () => {
  test.each(['ollama/llama3.2', 'ollama_chat/llama3.2', 'minimax/MiniMax-M2', 'cometapi/m'])(
    '%s: /v1 is added to an address without a path, and only to that',
    async (modelId) => {
      const url = async (api_base: string) =>
        (await explainRoute({ modelId, clientArgs: { api_base, api_key: 'k' } }, {})).url
      expect(await url('http://box:11434')).toBe('http://box:11434/v1/chat/completions')
      expect(await url('http://box:11434/')).toBe('http://box:11434/v1/chat/completions')
      expect(await url('http://box:11434/v1')).toBe('http://box:11434/v1/chat/completions')
      expect(await url('http://box/own/path')).toBe('http://box/own/path/chat/completions')
    },
  )

  test('Ollama needs no key, and its calls may all be at index 0', async () => {
    const local = new LiteLLMModel(
      { modelId: 'ollama/llama3.2' },
      { env: { OLLAMA_API_BASE: fake.url } },
    )
    const both = [...calls({ expression: '1+1' }), ...calls({ expression: '2*3' })]
    fake.script({ toolCalls: both, toolIndex: 'index0', omitIds: true })
    fake.script({ text: 'done' })
    await new Agent({ model: local, tools: [calculator] }).invoke('Compute')
    const [first, second] = fake.modelRequests
    expect(first?.path).toBe('/v1/chat/completions')
    expect(first?.headers).not.toHaveProperty('authorization')
    const results = second?.body.messages.slice(2).map(({ content }: JsonObject) => content)
    expect(results).toEqual(['Result: 2', 'Result: 6'])
  })

  test("the account stands in Cloudflare's", async () => {
    const env = { CLOUDFLARE_API_KEY: key, CLOUDFLARE_ACCOUNT_ID: 'me/you' }
    const modelId = 'cloudflare/@cf/meta/llama-3.1-8b-instruct'
    expect((await explainRoute({ modelId }, env)).url).toBe(
      'https://api.cloudflare.com/client/v4/accounts/me%2Fyou/ai/v1/chat/completions',
    )
    await expect(explainRoute({ modelId }, { CLOUDFLARE_API_KEY: key })).rejects.toMatchObject({
      code: 'configuration',
      hint: expect.stringContaining('CLOUDFLARE_ACCOUNT_ID'),
    })
  })

  test('Fireworks takes whole paths as model names', async () => {
    const { model: name } = await sentBody('fireworks_ai/llama-v3p3-70b-instruct')
    expect(name).toBe('accounts/fireworks/models/llama-v3p3-70b-instruct')
  })
})

describe('keys', () => {
  test("Sarvam's goes into a header of its own, too", async () => {
    await sentBody('sarvam/sarvam-m')
    expect(fake.modelRequests[0]?.headers).toMatchObject({
      authorization: `Bearer ${key}`,
      'api-subscription-key': key,
    })
  })

  test('of OpenAI, no account goes along', async () => {
    fake.script({ text: 'ok' })
    await new Agent({ model: model('openai/gpt-4o-mini') }).invoke('Hello')
    const names = Object.keys(fake.modelRequests[0]?.headers ?? {})
    expect(names.filter((name) => /organization|project/.test(name))).toEqual([])
  })
})

describe('Azure', () => {
  const env = () => ({ AZURE_API_BASE: fake.url, AZURE_API_KEY: key })

  async function request(
    modelId: string,
    variables: Record<string, string>,
    clientArgs: Json = {},
  ) {
    fake.script({ text: 'ok' })
    const azure = new LiteLLMModel({ modelId, clientArgs }, { env: variables })
    await new Agent({ model: azure }).invoke('Hello')
    const [{ path, headers } = { path: '', headers: {} as Record<string, string> }] =
      fake.modelRequests
    return { path, key: headers['api-key'], authorization: headers.authorization, headers }
  }

  test('a deployment is in the path, the version in the query, the key in api-key', async () => {
    expect(
      await request('azure/my gpt', { ...env(), AZURE_API_VERSION: '2024-10-21' }),
    ).toMatchObject({
      path: '/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21',
      key,
      authorization: undefined,
    })
  })

  test('a version that is given goes before the variable, the usual one after it', async () => {
    const given = await request(
      'azure/gpt',
      { ...env(), AZURE_API_VERSION: '2024-10-21' },
      {
        api_version: '2025-01-01-preview',
      },
    )
    expect(given.path).toContain('api-version=2025-01-01-preview')
    fake.reset()
    expect((await request('azure/gpt', env())).path).toContain('api-version=2025-02-01-preview')
  })

  test('v1 has neither deployment nor version', async () => {
    expect(await request('azure/gpt', env(), { api_version: 'v1' })).toMatchObject({
      path: '/openai/v1/chat/completions',
      key,
    })
    expect(fake.modelRequests[0]?.body.model).toBe('gpt')
  })

  test('an AD token is a bearer, where there is no key', async () => {
    const variables = { AZURE_API_BASE: fake.url, AZURE_AD_TOKEN: 'ad-token-0123456789' }
    expect(await request('azure/gpt', variables)).toMatchObject({
      authorization: 'Bearer ad-token-0123456789',
      key: undefined,
    })
    fake.reset()
    expect(await request('azure/gpt', { ...variables, AZURE_API_KEY: key })).toMatchObject({
      authorization: undefined,
      key,
    })
  })

  test('Claude at Azure is spoken to on its own wire', async () => {
    const variables = { AZURE_AI_API_BASE: fake.url, AZURE_AI_API_KEY: key }
    const { path, headers } = await request('azure_ai/claude-sonnet-4-6', variables)
    expect(path).toBe('/anthropic/v1/messages')
    expect(headers['x-api-key']).toBe(key)
  })
})

function pick(body: JsonObject, names: RegExp): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.test(name)))
}

/** A stream of one answer that ends in tool calls. */
function stream(delta: object): string[] {
  const chunk = (choice: object) =>
    `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }] })}\n\n`
  return [
    chunk({ delta: { role: 'assistant', ...delta }, finish_reason: null }),
    chunk({ delta: {}, finish_reason: 'tool_calls' }),
    'data: [DONE]\n\n',
  ]
}
