import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configFile } from '../../helpers/config-file.js'
import { type HttpServer, startHttp } from '../../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../../helpers/fake-provider/index.js'
import { callTool, rpc, send } from '../../helpers/http-client.js'
import { type Issuer, startIssuer } from '../../helpers/issuer.js'
import { upstream } from '../../helpers/program.js'

const resource = 'https://agents.example.com/mcp'
const good = { aud: resource, scope: 'openid agents:run' }

let fake: FakeProvider
let issuer: Issuer
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  issuer = await startIssuer()
  const oauth = { issuer: issuer.url, resource, requiredScopes: ['agents:run'] }
  const LITELLM_AGENTS_CONFIG = configFile({ http: { oauth } })
  server = await startHttp({ ...upstream(fake), LITELLM_AGENTS_CONFIG }, [], 'none')
})
afterAll(async () => {
  await server.stop()
  await issuer.close()
  await fake.close()
})

const withToken = (token: string) => ({ url: server.url, token })
const list = (token: string) => rpc(withToken(token), 'tools/list')
const encoded = (data: JsonObject) => Buffer.from(JSON.stringify(data)).toString('base64url')

test('an access token of the issuer, for this server, lets its subject in', async () => {
  const reply = await list(await issuer.token(good))
  expect(reply.status).toBe(200)
  expect(reply.body).toContain('run_agent')
  await expect.poll(server.stderr).toContain('"principal":"oauth/alice"')
})

test('the token goes no further: the provider gets the operator’s key', async () => {
  const token = await issuer.token(good)
  fake.reset()
  const { structuredContent } = await callTool(withToken(token), 'run_agent', { prompt: 'Hello' })
  expect(structuredContent.status).toBe('completed')
  const [seen] = fake.modelRequests
  expect(JSON.stringify([seen?.headers, seen?.body])).not.toContain(token)
  expect(server.stderr()).not.toContain(token)
})

describe('what is turned away', () => {
  const now = Math.floor(Date.now() / 1000)
  const claims = () => ({ iss: issuer.url, sub: 'alice', exp: now + 300, ...good })
  const cases: [string, () => string | Promise<string>, RegExp][] = [
    [
      'a token for another server',
      () => issuer.token({ ...good, aud: 'https://other' }),
      /\(aud\)/,
    ],
    ['a token for nobody', () => issuer.token({ scope: good.scope }), /\(aud\)/],
    ['a token of another issuer', () => issuer.token({ ...good, iss: 'https://evil' }), /\(iss\)/],
    ['an expired token', () => issuer.token({ ...good, exp: now - 60 }), /expired/],
    ['a token without an end', () => issuer.token({ ...good, exp: undefined }), /\(exp\)/],
    ['a token of tomorrow', () => issuer.token({ ...good, nbf: now + 3600 }), /not valid yet/],
    ['a token signed by another', () => issuer.forgedToken(good), /not signed by/],
    ['a token of an unknown key', () => issuer.token(good, { kid: 'key-2' }), /not signed by/],
    ['a token without a subject', () => issuer.token({ ...good, sub: '' }), /who calls/],
    ['alg: none', () => `${encoded({ alg: 'none' })}.${encoded(claims())}.`, /algorithm/],
    [
      'HS256 with the public key as secret',
      () => {
        const text = `${encoded({ alg: 'HS256', kid: 'key-1' })}.${encoded(claims())}`
        const seal = createHmac('sha256', issuer.publicKey).update(text).digest('base64url')
        return `${text}.${seal}`
      },
      /algorithm/,
    ],
    ['what is no token', () => 'a.b.c', /not valid/],
    ['nothing like a token', () => 'hello', /not valid/],
  ]
  test.each(cases)('%s: 401', async (_, token, says) => {
    const reply = await list(await token())
    expect(reply.status).toBe(401)
    const { data } = reply.json().error
    expect(data).toMatchObject({ code: 'authentication', message: expect.stringMatching(says) })
    expect(reply.headers['www-authenticate']).toMatch(
      /^Bearer error="invalid_token", error_description="[^"]+", scope="agents:run", resource_metadata="https:\/\/agents\.example\.com\/\.well-known\/oauth-protected-resource\/mcp"$/,
    )
  })

  test('a token that lacks a scope: 403, with the scopes that are needed', async () => {
    const reply = await list(await issuer.token({ ...good, scope: 'openid' }))
    expect(reply.status).toBe(403)
    expect(reply.json().error.data.code).toBe('permission')
    expect(reply.headers['www-authenticate']).toMatch(
      /error="insufficient_scope".*scope="agents:run"/,
    )
  })

  test('no token: 401 that says where to get one, and of no error', async () => {
    const reply = await list('')
    expect(reply.status).toBe(401)
    expect(reply.headers['www-authenticate']).toBe(
      'Bearer scope="agents:run", resource_metadata="https://agents.example.com/.well-known/oauth-protected-resource/mcp"',
    )
  })
})

test.each(['', '/mcp'])(
  'the metadata is at /.well-known/oauth-protected-resource%s',
  async (at) => {
    const reply = await send(new URL(`/.well-known/oauth-protected-resource${at}`, server.url))
    expect(reply.status).toBe(200)
    expect(reply.json()).toEqual({
      resource,
      authorization_servers: [issuer.url],
      bearer_methods_supported: ['header'],
      scopes_supported: ['agents:run'],
      resource_name: 'LiteLLM Agents',
    })
  },
)

test('an issuer that is away is 503 and not asked for every token', async () => {
  const away = await startIssuer()
  const oauth = { issuer: away.url, resource }
  const LITELLM_AGENTS_CONFIG = configFile({ http: { oauth } })
  const alone = await startHttp({ LITELLM_AGENTS_CONFIG }, [], 'none')
  const token = await away.token(good)
  await away.close()
  const call = () => rpc({ url: alone.url, token }, 'tools/list')
  const replies = [await call(), await call()]
  expect(replies.map(({ status }) => status)).toEqual([503, 503])
  expect(replies[0]?.headers['retry-after']).toBe('5')
  expect(replies[0]?.json().error.data).toMatchObject({ code: 'connection', retryable: true })
  await alone.stop()
})
