import { expect, test } from 'vitest'
import { adapted } from '../../src/litellm/adapt.js'
import { resolveRoute } from '../../src/litellm/routes/route.js'
import { callSettings } from '../../src/litellm/settings.js'
import type { JsonObject } from '../../src/util/json.js'

const request = { messages: [], system: [], tools: [], cacheKey: 'session-1' }

function sentKey(modelId: string, clientArgs: JsonObject = {}, params: JsonObject = {}) {
  const config = { modelId, clientArgs: { api_key: 'sk-test', ...clientArgs }, params }
  const route = resolveRoute(config, {})
  return adapted(request, callSettings(config, route), route, undefined).settings.body
    .prompt_cache_key
}

test.each(['openai/gpt-4o-mini', 'openai/responses/gpt-5.6'])(
  '%s gets the key of its session',
  (id) => {
    expect(sentKey(id)).toBe('session-1')
  },
)

test('a key that the caller set is kept', () => {
  expect(sentKey('openai/gpt-4o-mini', {}, { prompt_cache_key: 'mine' })).toBe('mine')
})

test.each([
  ['openai/gpt-4o-mini', { api_base: 'http://127.0.0.1:1/v1' }],
  ['groq/llama-3.3-70b-versatile', {}],
  ['anthropic/claude-sonnet-4-6', {}],
  ['litellm_proxy/gpt-4o-mini', { api_base: 'http://127.0.0.1:1' }],
])('%s, which may refuse it, gets none', (id, clientArgs) => {
  expect(sentKey(id, clientArgs)).toBeUndefined()
})
