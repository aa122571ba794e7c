import { expect, test } from 'vitest'
import { LiteLLMModel } from '../../../src/index.js'

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
