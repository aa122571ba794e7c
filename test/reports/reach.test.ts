import { Agent, explainRoute, LiteLLMModel } from 'litellm-agents-mcp'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

/** Makes one call at the fake provider, and returns its body and the notices of the run. */
async function sent(modelId: string, params: JsonObject, clientArgs: JsonObject = {}) {
  const args = { api_key: 'sk-test-0123456789', api_base: `${fake.url}/v1`, ...clientArgs }
  const model = new LiteLLMModel({ modelId, clientArgs: args, params }, { env: {} })
  const { metrics } = await new Agent({ model }).invoke('Hi')
  return { body: fake.modelRequests.at(-1)?.body ?? {}, notices: metrics.notices }
}

test.each(['openai/gpt-6-astra', 'openai/gpt-6.1-sol', 'openai/gpt-7', 'openai/gpt-5.6'])(
  'reach 3: %s gets its output limit as max_completion_tokens, and no stop sequences',
  async (modelId) => {
    const { body } = await sent(modelId, { max_tokens: 10, stop: ['x'] })
    expect(body).toMatchObject({ max_completion_tokens: 10 })
    expect(body).not.toHaveProperty('max_tokens')
    expect(body).not.toHaveProperty('stop')
  },
)

test.each(['mistral/mistral-large-latest', 'codestral/codestral-latest'])(
  'reach 4: %s streams without stream_options, which Mistral refuses',
  async (modelId) => {
    const { body } = await sent(modelId, {})
    expect(body).toMatchObject({ stream: true })
    expect(body).not.toHaveProperty('stream_options')
  },
)

test('reach 5: AZURE_API_VERSION is not sent to the models of Azure AI Foundry', async () => {
  const env = {
    AZURE_AI_API_BASE: 'https://r.services.ai.azure.com',
    AZURE_AI_API_KEY: 'k',
    AZURE_API_VERSION: '2025-04-01-preview',
  }
  const url = async (clientArgs: JsonObject) =>
    (await explainRoute({ modelId: 'azure_ai/mistral-large', clientArgs }, env)).url
  const base = 'https://r.services.ai.azure.com/models/chat/completions'
  expect(await url({})).toBe(base)
  expect(await url({ api_version: '2024-05-01-preview' })).toBe(
    `${base}?api-version=2024-05-01-preview`,
  )
})

test.each([
  ['google.gemma-4-31b', '/openai/v1/chat/completions'],
  ['xai.grok-4.3', '/openai/v1/chat/completions'],
  ['openai.gpt-oss-120b', '/v1/chat/completions'],
])('reach 6: Bedrock mantle serves %s at %s', async (model, path) => {
  const env = { BEDROCK_MANTLE_API_KEY: 'k' }
  const { url } = await explainRoute({ modelId: `bedrock_mantle/${model}` }, env)
  expect(url).toBe(`https://bedrock-mantle.us-east-1.api.aws${path}`)
})

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const response_format = { type: 'json_schema', json_schema: { name: 'city', schema } }

test('reach 7: response_format on Claude is sent as output_config.format beside the effort', async () => {
  const params = { response_format, reasoning_effort: 'low', max_tokens: 2000 }
  const { body } = await sent('anthropic/claude-opus-5', params, { api_base: fake.url })
  expect(body.output_config).toEqual({ effort: 'low', format: { type: 'json_schema', schema } })
  expect(body).not.toHaveProperty('response_format')
})

test('reach 7: response_format on a Claude that takes no schema is sent as a forced tool', async () => {
  const old = 'anthropic/claude-3-7-sonnet-20250219'
  const { body } = await sent(old, { response_format }, { api_base: fake.url })
  expect(body.tools).toEqual([{ name: 'json_tool_call', input_schema: schema }])
  expect(body.tool_choice).toEqual({ type: 'tool', name: 'json_tool_call' })
  expect(body).not.toHaveProperty('response_format')
})

test.each([
  ['anthropic.claude-sonnet-4-5-20250929-v1:0', true],
  ['anthropic.claude-opus-4-8', true],
  ['amazon.nova-lite-v1:0', false],
  ['meta.llama3-1-8b-instruct-v1:0', false],
])('reach 8: a schema for %s on Bedrock is sent: %s', async (model, taken) => {
  const aws = { aws_region_name: 'us-east-1', aws_access_key_id: 'A', aws_secret_access_key: 's' }
  const args = { ...aws, api_key: null, api_base: fake.url }
  const { body, notices } = await sent(`bedrock/${model}`, { response_format }, args)
  expect(body.outputConfig !== undefined).toBe(taken)
  expect(notices.some((notice) => notice.includes('response_format was not sent'))).toBe(!taken)
})

test.each<[string, JsonObject | undefined]>([
  ['openai.gpt-5.6-sol', { reasoning: { effort: 'low' } }],
  ['openai.gpt-oss-120b-1:0', { reasoning_effort: 'low' }],
  [
    'us.amazon.nova-2-lite-v1:0',
    { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } },
  ],
  ['mistral.magistral-small-2509', undefined],
  ['moonshot.kimi-k2-thinking', undefined],
])('reach 9: reasoning_effort for %s on Bedrock is sent as %j', async (model, fields) => {
  const aws = { aws_region_name: 'us-east-1', aws_access_key_id: 'A', aws_secret_access_key: 's' }
  const args = { ...aws, api_key: null, api_base: fake.url }
  const { body, notices } = await sent(`bedrock/${model}`, { reasoning_effort: 'low' }, args)
  expect(body.additionalModelRequestFields).toEqual(fields)
  expect(notices.some((notice) => notice.includes('reasoning_effort was not sent'))).toBe(!fields)
})

test.each<[string, JsonObject]>([
  ['databricks-claude-3-7-sonnet', { thinking: { type: 'enabled', budget_tokens: 1024 } }],
  ['databricks-claude-opus-5', { output_config: { effort: 'low' } }],
  ['databricks-gpt-5-4', { reasoning_effort: 'low' }],
])('reach 9: reasoning_effort for databricks/%s is sent as %j', async (model, fields) => {
  const { body } = await sent(`databricks/${model}`, { reasoning_effort: 'low' })
  expect(body).toMatchObject(fields)
})

test.each([
  ['snowflake/claude-3-5-sonnet', 'anthropic-messages', '/cortex/v1/messages'],
  ['snowflake/llama3.1-8b', 'openai-chat', '/cortex/v1/chat/completions'],
])('reach 10: %s is called directly on %s at %s', async (modelId, wire, path) => {
  const env = { SNOWFLAKE_ACCOUNT_ID: 'my-account', SNOWFLAKE_JWT: 'k' }
  const url = `https://my-account.snowflakecomputing.com/api/v2${path}`
  expect(await explainRoute({ modelId }, env)).toMatchObject({ wire, url })
  const args = { api_key: 'pat/sk-test-0123456789', api_base: fake.url, account_id: 'a' }
  const model = new LiteLLMModel(
    { modelId, clientArgs: args, params: { max_tokens: 9 } },
    { env: {} },
  )
  await new Agent({ model }).invoke('Hi').catch(() => undefined)
  const request = fake.requests.at(-1)
  expect(request?.path).toBe(`/api/v2${path}`)
  expect(request?.headers.authorization).toBe('Bearer sk-test-0123456789')
  expect(request?.headers['x-snowflake-authorization-token-type']).toBe('PROGRAMMATIC_ACCESS_TOKEN')
  expect(request?.body).not.toHaveProperty('account_id')
})

test.each([
  ['gradient_ai/llama3.3-70b-instruct', 'https://inference.do-ai.run/v1/chat/completions'],
  ['heroku/claude-4-sonnet', 'https://us.inference.heroku.com/v1/chat/completions'],
])('reach 10: %s is called directly at %s', async (modelId, url) => {
  const env = {
    GRADIENT_AI_API_KEY: 'k',
    HEROKU_API_KEY: 'k',
    HEROKU_API_BASE: 'https://us.inference.heroku.com',
  }
  expect(await explainRoute({ modelId }, env)).toMatchObject({ kind: 'direct', url })
})

test.each([
  [{ reasoning_effort: 'low' }, { thinking: { type: 'enabled' }, reasoning_effort: 'low' }],
  [{ reasoning_effort: 'max' }, { thinking: { type: 'enabled' }, reasoning_effort: 'max' }],
  [{ reasoning_effort: 'none' }, { thinking: { type: 'disabled' } }],
  [{ thinking: { type: 'enabled', budget_tokens: 1024 } }, { thinking: { type: 'enabled' } }],
  [{ thinking: { type: 'disabled' }, reasoning_effort: 'low' }, { thinking: { type: 'disabled' } }],
  [{}, {}],
])('reach 9: DeepSeek gets %j as %j', async (params, expected) => {
  const { body } = await sent('deepseek/deepseek-v4-pro', params)
  const { thinking, reasoning_effort } = body
  expect({
    ...(thinking !== undefined && { thinking }),
    ...(reasoning_effort !== undefined && { reasoning_effort }),
  }).toEqual(expected)
})

test.each([
  ['openai/o1-mini', 'user'],
  ['openai/o1-preview-2024-09-12', 'user'],
  ['openai/o1', 'system'],
  ['openai/o4-mini', 'system'],
  ['azure/o1-mini', 'user'],
  ['azure/team.o1-preview', 'user'],
])('reach 11: %s gets its system prompt as a %s message', async (modelId, role) => {
  const model = new LiteLLMModel(
    { modelId, clientArgs: { api_key: 'sk-test-0123456789', api_base: `${fake.url}/openai/v1` } },
    { env: {} },
  )
  await new Agent({ model, systemPrompt: 'Be terse.' }).invoke('Hi').catch(() => undefined)
  expect(fake.requests.at(-1)?.body?.messages).toMatchObject([{ role }, { role: 'user' }])
})

test.each([
  ['command-a-03-2025', 'https://api.cohere.ai/compatibility/v1/chat/completions'],
  ['jamba-large-1.7', 'https://api.ai21.com/studio/v1/chat/completions'],
])('reach: the bare name %s leads to %s', async (modelId, url) => {
  expect((await explainRoute({ modelId }, { COHERE_API_KEY: 'k', AI21_API_KEY: 'k' })).url).toBe(
    url,
  )
})
