import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { type Environment, runProgram, testKey } from '../helpers/program.js'
import { type PrivateAuthority, privateAuthority, startTls } from './certificates.js'
import { startProxy, type TestProxy } from './http-proxy.js'

interface Check {
  name: string
  status: string
  detail: string
  fix?: string
}

let authority: PrivateAuthority
let fake: FakeProvider
let tls: Awaited<ReturnType<typeof startTls>>
let proxy: TestProxy

beforeAll(async () => {
  authority = privateAuthority(['llm.test'])
  fake = await startFakeProvider()
  tls = await startTls(authority, fake.port)
  proxy = await startProxy({
    credentials: 'me:secret-word',
    portOf: (host) => (host === 'llm.test' ? tls.port : undefined),
  })
})
afterAll(async () => {
  tls.close()
  await Promise.all([proxy.close(), fake.close()])
})

async function doctor(env: Environment) {
  const { stdout } = await runProgram(['doctor', '--json'], {
    env: {
      LITELLM_AGENTS_MODEL_ID: 'openai/gpt-4o-mini',
      OPENAI_API_BASE: 'https://llm.test/v1',
      OPENAI_API_KEY: testKey,
      ...env,
    },
  })
  const { checks } = JSON.parse(stdout) as { checks: Check[] }
  expect(stdout).not.toContain('-word')
  return (name: string) => checks.find((check) => check.name === name)
}

const withCredentials = (word = 'secret-word') => proxy.url.replace('//', `//me:${word}@`)

test('doctor reports the proxy without its credentials, and the certificates, and tries them', async () => {
  const check = await doctor({
    HTTPS_PROXY: withCredentials(),
    NO_PROXY: 'internal.test',
    NODE_EXTRA_CA_CERTS: authority.file,
  })
  expect(check('network')).toMatchObject({ status: 'ok' })
  expect(check('network')?.detail).toContain(
    `https through ${proxy.url} with credentials (HTTPS_PROXY); http directly`,
  )
  expect(check('network')?.detail).toContain('internal.test (NO_PROXY)')
  expect(check('network')?.detail).toContain(`${authority.file} (NODE_EXTRA_CA_CERTS)`)
  expect(check('connection to llm.test')).toMatchObject({
    status: 'ok',
    detail: `through ${proxy.url}`,
  })
  expect(fake.requests).toEqual([])
})

test('doctor names a proxy that refuses its credentials, and a certificate that is not trusted', async () => {
  const refused = await doctor({ HTTPS_PROXY: withCredentials('other-word') })
  expect(refused('connection to llm.test')).toMatchObject({
    status: 'problem',
    detail: expect.stringContaining('answered 407'),
    fix: expect.stringContaining('user name and password'),
  })
  const untrusted = await doctor({ HTTPS_PROXY: withCredentials() })
  expect(untrusted('connection to llm.test')).toMatchObject({
    status: 'problem',
    detail: expect.stringContaining('certificate is not trusted'),
    fix: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  })
})

test('doctor names a proxy variable that cannot be used, and a missing file of certificates', async () => {
  const socks = await doctor({ ALL_PROXY: 'socks5://me:some-word@127.0.0.1:1080' })
  expect(socks('network')).toMatchObject({
    status: 'problem',
    detail: expect.stringContaining('ALL_PROXY'),
  })
  const missing = await doctor({ SSL_CERT_FILE: '/nonexistent/ca.pem', OPENAI_API_BASE: fake.url })
  expect(missing('certificates')).toMatchObject({
    status: 'warning',
    detail: expect.stringContaining('SSL_CERT_FILE'),
  })
})

test('doctor without such settings reports that, and connects to no model', async () => {
  const check = await doctor({})
  expect(check('network')).toMatchObject({
    status: 'ok',
    detail: "no proxy; Node's certificates",
  })
  expect(check('connection to llm.test')).toBeUndefined()
})
