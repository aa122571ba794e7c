import { Agent, LiteLLMModel } from 'litellm-agents-mcp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../../helpers/fake-provider/index.js'

let fake: FakeProvider

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())

const keys = { api_key: 'sk-test-0123456789' }

test.each([
  ['Chat Completions', 'openai/gpt-4o', () => ({ ...keys, api_base: `${fake.url}/v1` })],
  ['Responses', 'openai/responses/gpt-5.6', () => ({ ...keys, api_base: `${fake.url}/v1` })],
  ['Messages', 'anthropic/claude-sonnet-4-6', () => ({ ...keys, api_base: fake.url })],
  [
    'Converse',
    'bedrock/global.anthropic.claude-sonnet-4-6',
    () => ({
      api_base: fake.url,
      aws_region_name: 'us-east-1',
      aws_access_key_id: 'AKIATEST',
      aws_secret_access_key: 'secret-test',
    }),
  ],
])('the %s wire sends U+FFFD in place of a lone surrogate', async (_, modelId, clientArgs) => {
  fake.reset()
  fake.script({ text: 'Hello.' })
  const model = new LiteLLMModel({ modelId, clientArgs: clientArgs() }, { env: {} })
  const agent = new Agent({ model, systemPrompt: 'system \udc00' })
  expect((await agent.invoke('prompt \ud83d')).text).toBe('Hello.')
  const sent = JSON.stringify(fake.modelRequests[0]?.body)
  expect(sent).toContain('prompt \ufffd')
  expect(sent).toContain('system \ufffd')
})
