import { Agent, LiteLLMModel } from 'litellm-agents-mcp'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { type PrivateAuthority, privateAuthority, startTls } from './certificates.js'

let authority: PrivateAuthority
let fake: FakeProvider
let address: string

beforeAll(async () => {
  authority = privateAuthority(['localhost'])
  fake = await startFakeProvider()
  const tls = await startTls(authority, fake.port)
  address = `https://localhost:${tls.port}`
  return async () => {
    tls.close()
    await fake.close()
  }
})
afterEach(() => {
  for (const name of ['SSL_CERT_FILE', 'SSL_VERIFY']) delete process.env[name]
})

async function ask(modelId: string, clientArgs: Record<string, string | boolean> = {}) {
  fake.reset()
  fake.script({ text: 'Safe.' })
  const api_base = modelId.startsWith('openai/') ? `${address}/v1` : address
  const args = {
    api_key: 'sk-test-0123456789',
    api_base,
    num_retries: 0,
    aws_region_name: 'us-east-1',
  }
  const model = new LiteLLMModel({ modelId, clientArgs: { ...args, ...clientArgs } }, { env: {} })
  const { text } = await new Agent({ model }).invoke('Hi')
  expect(JSON.stringify(fake.modelRequests[0]?.body)).not.toContain('ssl_verify')
  return text
}

describe.each([
  'openai/gpt-4o-mini',
  'anthropic/claude-sonnet-4-6',
  'bedrock/us.anthropic.claude-sonnet-4-6',
])('%s at a server with a certificate of a private authority', (modelId) => {
  test('is not called without a setting, and the error says what to set', async () => {
    await expect(ask(modelId)).rejects.toMatchObject({
      code: 'connection',
      retryable: false,
      hint: expect.stringContaining('SSL_CERT_FILE'),
    })
    expect(fake.requests).toEqual([])
  })

  test('is called with ssl_verify, as a path or as false', async () => {
    expect(await ask(modelId, { ssl_verify: authority.file })).toBe('Safe.')
    expect(await ask(modelId, { ssl_verify: false })).toBe('Safe.')
    await expect(ask(modelId, { ssl_verify: true })).rejects.toMatchObject({ code: 'connection' })
  })

  test('is called with SSL_VERIFY, unless ssl_verify says otherwise', async () => {
    process.env.SSL_VERIFY = authority.file
    expect(await ask(modelId)).toBe('Safe.')
    process.env.SSL_VERIFY = 'False'
    expect(await ask(modelId)).toBe('Safe.')
    await expect(ask(modelId, { ssl_verify: true })).rejects.toMatchObject({ code: 'connection' })
  })

  test.each([
    ['/nonexistent/ca.pem', /cannot be read \(ENOENT\)/],
    [configFile('no certificate', 'ca.pem'), /does not contain certificates/],
  ])('a file that cannot be used is a configuration error: %s', async (ssl_verify, problem) => {
    await expect(ask(modelId, { ssl_verify })).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(problem),
    })
  })
})

test.each(['openai/gpt-4o-mini', 'anthropic/claude-sonnet-4-6'])(
  '%s is called with the authorities in SSL_CERT_FILE, and a missing file is ignored',
  async (modelId) => {
    process.env.SSL_CERT_FILE = authority.file
    expect(await ask(modelId)).toBe('Safe.')
    process.env.SSL_CERT_FILE = '/nonexistent/ca.pem'
    await expect(ask(modelId)).rejects.toMatchObject({ code: 'connection' })
  },
)
