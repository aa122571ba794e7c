import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Agent, LiteLLMModel } from '../../../src/index.js'
import { type FakeProvider, startFakeProvider } from '../../helpers/fake-provider/index.js'
import { modelAt, notingTools } from './calling.js'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

test.each([
  ['openai/gpt-4o', 'https://gw.example/v1/chat/completions', 'https://gw.example/v1', undefined],
  ['openai/gpt-4o', 'https://gw.example/v1/responses/', 'https://gw.example/v1', undefined],
  ['openai/gpt-4o', 'https://gw.example/v1?tenant=a', 'https://gw.example/v1', { tenant: 'a' }],
  [
    'litellm_proxy/x',
    'http://127.0.0.1:4000/v1/chat/completions',
    'http://127.0.0.1:4000/v1',
    undefined,
  ],
  [
    'anthropic/claude-sonnet-4-6',
    'https://gw.example/v1/messages',
    'https://gw.example/v1',
    undefined,
  ],
  [
    'azure/gpt-4o',
    'https://x.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2025-01-01-preview',
    'https://x.openai.azure.com/openai/deployments/gpt-4o',
    { 'api-version': '2025-01-01-preview' },
  ],
])('addresses: %s takes the pasted URL %s as its base URL', (modelId, api_base, baseUrl, query) => {
  const clientArgs = { api_base, api_key: 'sk-test-0123456789' }
  const { route } = new LiteLLMModel({ modelId, clientArgs }, { env: {} })
  expect(route.baseUrl).toBe(baseUrl)
  expect(route.query).toEqual(query)
})

test.each([
  ['openai/gpt-5-mini', { temperature: 0.2 }, undefined],
  ['openai/o3', { temperature: 0.2, top_p: 0.5 }, undefined],
  ['openai/gpt-5-mini', { temperature: 1 }, 1],
  ['openai/gpt-5.2', { temperature: 0.2, reasoning_effort: 'none' }, 0.2],
  ['openai/gpt-5-chat-latest', { temperature: 0.2 }, 0.2],
  ['openai/gpt-4o', { temperature: 0.2 }, 0.2],
])('gpt5-temperature: %s with %j is sent the temperature %s', async (modelId, params, sent) => {
  fake.script({ text: 'ok' })
  await new Agent({ model: modelAt(fake, modelId, { params }) }).invoke('Hi')
  expect(fake.modelRequests[0]?.body.temperature).toBe(sent)
})

test('stream-options-null: a parameter that is null is not sent', async () => {
  fake.script({ text: 'ok' })
  const model = modelAt(fake, 'mistral/x', { params: { stream_options: null, seed: null } })
  await new Agent({ model }).invoke('Hi')
  const body = fake.modelRequests[0]?.body ?? {}
  expect('stream_options' in body || 'seed' in body).toBe(false)
})

test.each([
  ['stream-options-refused', 'Unrecognized request argument supplied: stream_options'],
  [
    'gpt56-tools',
    'Function tools with reasoning_effort are not supported in /v1/chat/completions.',
  ],
])('%s: what the provider refuses is sent in another form', async (_, message) => {
  fake.script({ raw: { status: 400, body: { error: { message } } } }, { text: 'ok' })
  const { add } = notingTools()
  const model = modelAt(fake, 'hosted_vllm/refuses')
  expect((await new Agent({ model, tools: [add] }).invoke('Hi')).text).toBe('ok')
  const [first, second] = fake.modelRequests.map(({ body }) => body)
  expect(second).not.toEqual(first)
})

test.each([
  'deepseek_r1',
  'qwen3',
  'openai',
  'converse_like',
  'mantle',
  'moonshot',
  'nova',
  'llama',
])('b-id: bedrock/%s/… names a family, which is not part of the model id', (family) => {
  const arn = 'arn:aws:bedrock:us-east-1:1234567890:imported-model/abc'
  const { route } = new LiteLLMModel({ modelId: `bedrock/${family}/${arn}` }, { env: {} })
  expect(route.model).toBe(arn)
})
