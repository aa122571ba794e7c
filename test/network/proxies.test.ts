import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { type Environment, runProgram, testKey } from '../helpers/program.js'
import { type PrivateAuthority, privateAuthority, startTls } from './certificates.js'
import { type ProxyOptions, startProxy } from './http-proxy.js'

let authority: PrivateAuthority
let fake: FakeProvider
let tls: Awaited<ReturnType<typeof startTls>>

beforeAll(async () => {
  authority = privateAuthority(['llm.test', '127.0.0.1'])
  fake = await startFakeProvider()
  tls = await startTls(authority, fake.port)
  return async () => {
    tls.close()
    await fake.close()
  }
})

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  fake.reset()
  await Promise.all(closing.splice(0).map((close) => close()))
})

async function proxyWith(options: Partial<ProxyOptions>) {
  const proxy = await startProxy({
    portOf: (host, port) =>
      host === 'llm.test' ? (port === 443 ? tls.port : fake.port) : undefined,
    ...options,
  })
  closing.push(proxy.close)
  return proxy
}

const modelOf: Record<string, string> = {
  openai: 'openai/gpt-4o-mini',
  anthropic: 'anthropic/claude-sonnet-4-6',
  bedrock: 'bedrock/us.anthropic.claude-sonnet-4-6',
}

/** Runs the program once, on a model at llm.test. */
async function run(
  { provider = 'openai', scheme = 'https', host = 'llm.test' },
  env: Environment,
  clientArgs = {},
) {
  const base = `${scheme}://${host}`
  const args = {
    api_base: provider === 'openai' ? `${base}/v1` : base,
    api_key: testKey,
    num_retries: 0,
    ...(provider === 'bedrock' && { aws_region_name: 'us-east-1' }),
    ...clientArgs,
  }
  const { stdout, stderr } = await runProgram(
    ['run', 'Hi', '--model', modelOf[provider] as string, '--json'],
    {
      env: {
        NODE_EXTRA_CA_CERTS: authority.file,
        LITELLM_AGENTS_CONFIG: configFile({ clientArgs: { [provider]: args } }),
        ...env,
      },
    },
  )
  return { ...JSON.parse(stdout), stderr }
}

const both = (url: string) => ({ HTTPS_PROXY: url, HTTP_PROXY: url })
const providers = Object.keys(modelOf)

describe('a proxy that is the cause of a failure', () => {
  const refusals = providers.flatMap((provider) =>
    ['https', 'http'].map((scheme) => ({ provider, scheme })),
  )

  test.each(refusals)('asks for credentials: $provider over $scheme', async (way) => {
    const proxy = await proxyWith({ credentials: 'me:secret-word' })
    const wrong = proxy.url.replace('//', '//me:wrong-word@')
    for (const url of [proxy.url, wrong]) {
      const result = await run(way, both(url))
      expect(result.error).toMatchObject({ code: 'connection', retryable: false })
      expect(result.error.message).toContain(`${proxy.url} of HTTP`)
      expect(result.error.message).toContain('407')
      expect(result.error.hint).toContain('user name and password')
      expect(JSON.stringify(result)).not.toContain('wrong-word')
    }
    expect(fake.requests).toEqual([])
  })

  test.each(providers)('refuses the host: %s', async (provider) => {
    const proxy = await proxyWith({ refuse: 403 })
    const { error } = await run({ provider }, both(proxy.url))
    expect(error).toMatchObject({ code: 'connection', retryable: false })
    expect(error.message).toContain(`${proxy.url} of HTTPS_PROXY: answered 403`)
    expect(error.hint).toContain('NO_PROXY')
  })

  test('cannot reach the host: a failure that is retried', async () => {
    const proxy = await proxyWith({ refuse: 502 })
    const { error } = await run({}, both(proxy.url))
    expect(error).toMatchObject({ code: 'connection', retryable: true })
    expect(error.message).toContain('answered 502')
  })

  test.each(providers)('is not running: %s', async (provider) => {
    const proxy = await proxyWith({})
    await proxy.close()
    for (const scheme of ['https', 'http']) {
      const { error } = await run({ provider, scheme }, both(proxy.url))
      expect(error).toMatchObject({ code: 'connection', retryable: true })
      expect(error.message).toContain(`${proxy.url} of HTTP`)
      expect(error.message).toContain('ECONNREFUSED')
    }
  })

  test.each(refusals)('dies in the middle of a stream: $provider over $scheme', async (way) => {
    // A TLS handshake with a post-quantum key takes more than 2,000 bytes.
    const proxy = await proxyWith({ cutAfter: 8_000 })
    fake.script({ chunks: Array.from({ length: 400 }, () => 'Half '), betweenChunksMs: 2 })
    const { error, text } = await run(way, both(proxy.url))
    expect(error).toMatchObject({ code: 'connection' })
    expect(text).toMatch(/^Half /)
    if (way.provider !== 'bedrock') expect(error.message).toContain(proxy.url)
  })

  test.each([
    ['socks5://me:secret-word@127.0.0.1:1080', 'socks5'],
    ['http://me:secret-word@:bad', 'not a valid URL'],
  ])('has a variable that cannot be used: %s', async (url, problem) => {
    for (const provider of providers) {
      const result = await run({ provider }, { HTTPS_PROXY: url })
      expect(result.error).toMatchObject({ code: 'configuration' })
      expect(result.error.message).toContain('HTTPS_PROXY')
      expect(result.error.message).toContain(problem)
      expect(JSON.stringify(result)).not.toContain('secret-word')
    }
  })
})

describe('a proxy that works', () => {
  test.each(variables())('%s', async (_, env, way, asked) => {
    const proxy = await proxyWith({ credentials: 'me:p:w@rd' })
    const url = proxy.url.replace('//', '//me:p%3Aw%40rd@')
    fake.script({ text: 'ok' })
    const { status } = await run(way, env(url))
    expect(status).toBe('completed')
    expect(proxy.asked).toEqual([asked])
  })

  test('is reached over TLS, and asked for tunnels and for whole addresses', async () => {
    const proxy = await proxyWith({ tls: authority, credentials: 'me:word' })
    const url = proxy.url.replace('//', '//me:word@')
    for (const provider of providers) {
      for (const scheme of ['https', 'http']) {
        fake.script({ text: 'ok' })
        const { status } = await run({ provider, scheme }, both(url))
        expect(status, `${provider} over ${scheme}`).toBe('completed')
      }
    }
    expect(proxy.asked.filter((line) => line === 'CONNECT llm.test:443')).toHaveLength(3)
    expect(proxy.asked.filter((line) => line.startsWith('POST http://llm.test'))).toHaveLength(3)
  })

  test('over TLS needs a certificate that is trusted', async () => {
    const proxy = await proxyWith({ tls: authority })
    const { error } = await run({}, { ...both(proxy.url), NODE_EXTRA_CA_CERTS: '' })
    expect(error).toMatchObject({ code: 'connection', retryable: false })
    expect(error.hint).toContain('NODE_EXTRA_CA_CERTS')
  })

  test('is not used for this machine, or for what NO_PROXY lists', async () => {
    const proxy = await proxyWith({ refuse: 403 })
    fake.script({ text: 'ok' })
    const local = { host: `127.0.0.1:${fake.port}`, scheme: 'http' }
    expect((await run(local, both(proxy.url))).status).toBe('completed')
    const exempt = { ...both(proxy.url), NO_PROXY: 'other.test, .test:443' }
    // The name does not exist, which shows that the program tried to connect to it directly.
    expect((await run({}, exempt)).error.message).toMatch(/ENOTFOUND|EAI_AGAIN/)
    expect(proxy.asked).toEqual([])
  })
})

function variables(): [string, (url: string) => Environment, { scheme: string }, string][] {
  const [https, http] = [{ scheme: 'https' }, { scheme: 'http' }]
  const tunnel = 'CONNECT llm.test:443'
  const whole = 'POST http://llm.test/v1/chat/completions'
  return [
    ['https by HTTPS_PROXY', (url) => ({ HTTPS_PROXY: url }), https, tunnel],
    ['https by https_proxy', (url) => ({ https_proxy: url }), https, tunnel],
    ['https by ALL_PROXY', (url) => ({ ALL_PROXY: url }), https, tunnel],
    ['http by HTTP_PROXY', (url) => ({ HTTP_PROXY: url }), http, whole],
    ['http by http_proxy', (url) => ({ http_proxy: url }), http, whole],
    ['http by all_proxy', (url) => ({ all_proxy: url }), http, whole],
  ]
}
