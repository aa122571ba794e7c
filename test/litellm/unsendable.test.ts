import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { knownSecrets } from '../../src/app/models.js'
import { Agent, AgentError, LiteLLMModel, type LiteLLMModelConfig } from '../../src/index.js'
import { type Route, resolveRoute } from '../../src/litellm/routes/route.js'
import { messagesCall } from '../../src/litellm/wires/anthropic-messages/call.js'
import { bedrockCall } from '../../src/litellm/wires/bedrock-converse/call.js'
import { chatCall } from '../../src/litellm/wires/openai-chat/call.js'
import type { Wire } from '../../src/litellm/wires/wire.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { bedrockRoute, says, wireCall } from './bedrock-call.js'

// Keys and headers that no header can carry, and what else cannot be sent.

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

const models = [
  ['anthropic/claude-sonnet-4-6', 'ANTHROPIC_API_KEY'],
  ['openai/gpt-4o-mini', 'OPENAI_API_KEY'],
  ['litellm_proxy/gpt-4o', 'LITELLM_PROXY_API_KEY'],
  ['azure/gpt-4o', 'AZURE_API_KEY'],
  ['azure/gpt-4o', 'AZURE_AD_TOKEN'],
  ['bedrock/amazon.nova-lite-v1:0', 'AWS_BEARER_TOKEN_BEDROCK'],
  ['bedrock_mantle/openai.gpt-oss-20b', 'BEDROCK_MANTLE_API_KEY'],
] as const

function address(modelId: string): string {
  return /^(anthropic|bedrock)\//.test(modelId) ? fake.url : `${fake.url}/v1`
}

function ask(config: LiteLLMModelConfig, env: Record<string, string> = {}) {
  const clientArgs = { api_base: address(config.modelId), num_retries: 1, ...config.clientArgs }
  return new Agent({ model: new LiteLLMModel({ ...config, clientArgs }, { env }) }).invoke('Hello')
}

async function failure(work: Promise<unknown>): Promise<AgentError> {
  const thrown = await work.then(
    () => new Error('It did not fail.'),
    (error: unknown) => error,
  )
  if (thrown instanceof AgentError) return thrown
  throw thrown
}

describe('a key', () => {
  test.each(models)('%s: the line break after %s is not part of it', async (modelId, variable) => {
    fake.script({ text: 'ok' })
    await ask({ modelId }, { [variable]: ' sk-secret123\r\n' })
    const { headers = {} } = fake.modelRequests[0] ?? {}
    expect(headers.authorization ?? headers['x-api-key'] ?? headers['api-key']).toMatch(
      /^(Bearer )?sk-secret123$/,
    )
  })

  test.each(models)(
    '%s: what cannot be sent of %s is told, not shown',
    async (modelId, variable) => {
      for (const key of ['sk-secret123\nrest', 'sk-secret123…rest', 'sk-secret123\u0085rest']) {
        const error = await failure(ask({ modelId }, { [variable]: key }))
        expect(error).toMatchObject({ code: 'configuration', retryable: false, unsent: true })
        expect(error.message).toContain(variable)
        expect(JSON.stringify(error)).not.toMatch(/secret|rest/)
      }
      expect(fake.requests).toEqual([])
    },
  )

  test.each([
    ['openai/gpt-4o-mini', 'api_key'],
    ['anthropic/claude-sonnet-4-6', 'api_key'],
    ['azure/gpt-4o', 'azure_ad_token'],
    ['bedrock/amazon.nova-lite-v1:0', 'aws_access_key_id'],
    ['bedrock/amazon.nova-lite-v1:0', 'aws_secret_access_key'],
    ['bedrock/amazon.nova-lite-v1:0', 'aws_session_token'],
  ])('%s: so is that of clientArgs.%s', async (modelId, name) => {
    const error = await failure(ask({ modelId, clientArgs: { [name]: 'sk-secret123\nrest' } }))
    expect(error.code).toBe('configuration')
    expect(error.message).toContain(`clientArgs.${name}`)
    expect(JSON.stringify(error)).not.toMatch(/secret123|rest/)
    expect(fake.requests).toEqual([])
  })

  test('of nothing but white space is none', async () => {
    const error = await failure(ask({ modelId: 'openai/gpt-4o-mini' }, { OPENAI_API_KEY: ' \n' }))
    expect(error.message).toContain('No key is given')
  })

  test('of the proxy goes to its address, line breaks or not', () => {
    const env = { LITELLM_PROXY_API_BASE: 'http://box:4000/\n', LITELLM_PROXY_API_KEY: 'sk-1\n' }
    expect(resolveRoute({ modelId: 'litellm_proxy/m' }, env)).toMatchObject({
      baseUrl: 'http://box:4000',
      apiKey: 'sk-1',
    })
  })

  test('is kept from texts as it is sent', () => {
    const config = { clientArgs: {}, http: { principals: {} }, mcpServers: new Map() }
    const secrets = knownSecrets(config as never, { OPENAI_API_KEY: 'sk-secret123\n' })
    expect(secrets).toEqual(['sk-secret123'])
  })
})

describe('a header', () => {
  const bad = { 'x-gateway': 'Bearer sk-secret123\nrest' }

  test.each<[string, Partial<LiteLLMModelConfig>]>([
    ['clientArgs.headers.x-gateway', { clientArgs: { headers: bad } }],
    ['clientArgs.extra_headers.x-gateway', { clientArgs: { extra_headers: bad } }],
    ['params.extra_headers.x-gateway', { params: { extra_headers: bad } }],
    ['clientArgs.headers', { clientArgs: { headers: { 'sk-secret123: rest': 'x' } } }],
    ['clientArgs.headers.x-a', { clientArgs: { headers: { 'x-a': '“rest”' } } }],
  ])('%s that cannot be sent is told, not shown', async (place, config) => {
    for (const modelId of ['openai/gpt-4o-mini', 'anthropic/claude-sonnet-4-6']) {
      const clientArgs = { api_key: 'sk-test-0123456789', ...config.clientArgs }
      const error = await failure(ask({ modelId, ...config, clientArgs }))
      expect(error).toMatchObject({ code: 'configuration', retryable: false, unsent: true })
      expect(error.message).toContain(`${place} `)
      expect(JSON.stringify(error)).not.toMatch(/secret|rest/)
    }
    expect(fake.requests).toEqual([])
  })

  test('in Latin-1 is sent', async () => {
    fake.script({ text: 'ok' })
    const clientArgs = { api_key: 'sk-test-0123456789', extra_headers: { 'X-Team': 'Größe 1' } }
    await ask({ modelId: 'openai/gpt-4o-mini', clientArgs })
    expect(fake.modelRequests[0]?.headers['x-team']).toBe('Größe 1')
  })
})

describe('what nobody foresaw', () => {
  const wires: [string, Wire, () => Route][] = [
    ['openai/gpt-4o-mini', chatCall, () => direct('openai/gpt-4o-mini')],
    ['anthropic/claude-sonnet-4-6', messagesCall, () => direct('anthropic/claude-sonnet-4-6')],
    ['bedrock/amazon.nova-lite-v1:0', bedrockCall, () => bedrockRoute(fake.url)],
  ]

  function direct(modelId: string): Route {
    const clientArgs = { api_key: 'sk-test-0123456789', api_base: address(modelId) }
    return resolveRoute({ modelId, clientArgs }, {})
  }

  test.each(wires)('%s: in a request is an AgentError', async (_, wire, route) => {
    const content = new Proxy([], {
      get() {
        throw new TypeError('secret')
      },
    })
    const call = wireCall({ messages: [{ role: 'user', content }] }, { route: route() })
    const error = await failure(wire(call, () => {}))
    expect(error).toMatchObject({ code: 'providerError', retryable: false })
    expect(JSON.stringify(error)).not.toContain('secret')
  })

  test.each(wires)('%s: in a header is an AgentError, told once', async (_, wire, route) => {
    const call = wireCall(says('Hello'), { route: route() })
    const headers = { 'x-gateway': 'secret\nrest' }
    const error = await failure(
      wire({ ...call, settings: { ...call.settings, headers } }, () => {}),
    )
    expect(error.retryable).toBe(false)
    expect(JSON.stringify(error)).not.toMatch(/secret|rest/)
    expect(fake.requests).toEqual([])
  })
})
