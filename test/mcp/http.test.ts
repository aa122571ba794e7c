import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { type RawRequest, rpc, send as sendTo } from '../helpers/http-client.js'
import { modernParams } from '../helpers/modern-params.js'
import { startProgram, upstream } from '../helpers/program.js'

let fake: FakeProvider
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  const LITELLM_AGENTS_CONFIG = configFile({ http: { maxBodyBytes: 100_000 } })
  server = await startHttp({ ...upstream(fake), LITELLM_AGENTS_CONFIG })
})
afterAll(async () => {
  await server.stop()
  await fake.close()
})

const send = (path: string, options?: RawRequest) => sendTo(new URL(path, server.url), options)

const listTools = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
const post = (headers: Record<string, string> = {}, body: string | Buffer = listTools) =>
  send('/mcp', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${server.token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body,
  })

describe('the endpoint', () => {
  test('answers who has the token', async () => {
    const reply = await post()
    expect(reply.status).toBe(200)
    expect(reply.body).toContain('run_agent')
  })

  test.each([
    ['no token', ''],
    ['a wrong token', 'Bearer nonsense'],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
  ])('turns away %s with 401', async (_, authorization) => {
    const reply = await post({ authorization })
    expect(reply.status).toBe(401)
    expect(reply.headers['www-authenticate']).toMatch(/^Bearer/)
    expect(reply.json().error.data).toMatchObject({
      code: 'authentication',
      hint: expect.stringContaining('Authorization: Bearer'),
    })
  })

  test.each([
    ['a page that came by another name', '/mcp', { host: 'evil.example' }],
    ['a page of another origin', '/mcp', { origin: 'https://evil.example' }],
    ['either, also where no token is needed', '/healthz', { host: 'evil.example' }],
  ])('turns away %s with 403', async (_, path, headers: Record<string, string>) => {
    const method = path === '/mcp' ? 'POST' : 'GET'
    const reply = await send(path, {
      method,
      headers: { authorization: `Bearer ${server.token}`, ...headers },
      body: method === 'POST' ? listTools : '',
    })
    expect(reply.status).toBe(403)
  })

  test('lets a page of this machine in', async () => {
    expect((await post({ origin: 'http://localhost:6274' })).status).toBe(200)
  })

  test('turns away a body beyond the cap with 413, whether its length is told or not', async () => {
    const large = Buffer.alloc(150_000, 'x')
    const told = await post({ 'content-length': '150000' }, large)
    const untold = await post({ 'transfer-encoding': 'chunked' }, large)
    for (const reply of [told, untold]) {
      expect(reply.status).toBe(413)
      expect(reply.json().error).toMatchObject({
        code: -32600,
        data: { code: 'invalidRequest', hint: expect.stringContaining('http.maxBodyBytes') },
      })
    }
  })

  test('turns away what is no JSON with 400', async () => {
    const reply = await post({}, '{"jsonrpc":')
    expect(reply.status).toBe(400)
    expect(reply.json().error).toMatchObject({ code: -32700, data: { code: 'invalidRequest' } })
  })

  test('survives JSON that is nested absurdly', async () => {
    const reply = await post({}, '['.repeat(40_000) + ']'.repeat(40_000))
    expect(reply.status).toBeGreaterThanOrEqual(400)
    expect((await post()).status).toBe(200)
  })

  test('takes neither other methods nor other types', async () => {
    const authorization = `Bearer ${server.token}`
    expect((await send('/mcp', { headers: { authorization } })).status).toBe(405)
    expect((await send('/mcp', { method: 'DELETE', headers: { authorization } })).status).toBe(405)
    expect((await post({ 'content-type': 'text/plain' })).status).toBe(415)
  })

  const modern = (params: JsonObject, method = 'tools/call') =>
    post(
      {
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
        'mcp-name': String(params.name ?? params.taskId),
      },
      JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: modernParams(params, {}) }),
    )
  // A model of their own: what is learnt of it changes how it is asked.
  const run = { name: 'run_agent', arguments: { prompt: 'Hello', modelId: 'openai/gpt-4o' } }

  test('answers in one message what is answered at once, with the status that belongs to it', async () => {
    fake.reset()
    const answer = await modern(run)
    expect(answer.headers['content-type']).toBe('application/json')
    expect(answer.json().result.structuredContent.status).toBe('completed')
    const refused = await modern({ taskId: 'any' }, 'tasks/get')
    expect([refused.status, refused.json().error.code]).toEqual([400, -32021])
  })

  test('begins to answer before the answer is there', async () => {
    fake.reset()
    fake.script({ text: 'At last', delayMs: 2_000 })
    const answer = await modern(run)
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('text/event-stream')
    expect(answer.body).toMatch(/^: working\n\nevent: message\ndata: /)
    expect(answer.message().result.structuredContent.text).toBe('At last')
  })

  test('stops the model call when its caller hangs up', async () => {
    fake.reset()
    fake.script({ text: 'one two three four', betweenChunksMs: 20_000 })
    const hangUp = new AbortController()
    const call = fetch(server.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'run_agent', arguments: { prompt: 'Go on' } },
      }),
      signal: hangUp.signal,
    })
    call.catch(() => {})
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
    const since = Date.now()
    hangUp.abort()
    const { abortedAt } = await fake.waitFor(({ modelRequests }) =>
      modelRequests.find((request) => request.abortedAt !== undefined),
    )
    expect((abortedAt as number) - since).toBeLessThan(1_000)
  })
})

describe('a 2025 client, which cancels by a message of its own', () => {
  const initialize = JSON.stringify({
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    },
  })
  const call = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'run_agent', arguments: { prompt: 'Hello' } },
  })
  const cancel = JSON.stringify({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId: 1, reason: 'Changed my mind' },
  })

  test('cancels its own call, not that of another with the same id', async () => {
    fake.reset()
    fake.script({ text: 'For one', delayMs: 20_000 }, { text: 'For the other', delayMs: 400 })
    const open = async () => {
      const { headers } = await post({}, initialize)
      return { 'mcp-session-id': String(headers['mcp-session-id']) }
    }
    const [one, other] = [await open(), await open()]
    const first = post(one, call)
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
    const second = post(other, call)
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 2)
    expect((await post(one, cancel)).status).toBe(202)
    expect((await post({}, cancel)).status).toBe(202)
    await fake.waitFor(({ modelRequests }) => modelRequests[0]?.abortedAt)
    expect((await first).body).not.toContain('"result"')
    expect((await second).body).toContain('For the other')
  })
})

describe('beside it', () => {
  test.each([
    ['/healthz', 'ok'],
    ['/readyz', 'ready'],
  ])('%s needs no token', async (path, status) => {
    const reply = await send(path)
    expect([reply.status, reply.json()]).toEqual([200, { status }])
  })

  test.each(['/mcp/more', '/constructor', '/.well-known/oauth-protected-resource'])(
    'there is nothing at %s',
    async (path) => {
      const reply = await send(path)
      expect(reply.status).toBe(404)
      expect(reply.json().error.data.hint).toContain('/mcp')
    },
  )
})

describe('starting', () => {
  const token = { LITELLM_AGENTS_AUTH_TOKEN: 'a-token-of-the-operator' }

  test.each([
    [
      'off loopback without a token',
      ['--host', '0.0.0.0'],
      {},
      /needs a token[\s\S]*LITELLM_AGENTS_AUTH_TOKEN/,
    ],
    [
      'off loopback with --no-auth',
      ['--host', '0.0.0.0', '--no-auth'],
      token,
      /--no-auth is refused on 0\.0\.0\.0/,
    ],
    [
      'off loopback with a short token',
      ['--host', '0.0.0.0'],
      { LITELLM_AGENTS_AUTH_TOKEN: 'short' },
      /LITELLM_AGENTS_AUTH_TOKEN: must have at least 16 characters/,
    ],
    [
      'with a token that nobody could send',
      [],
      { LITELLM_AGENTS_AUTH_TOKEN: 'not-to-be-sent-$!' },
      /LITELLM_AGENTS_AUTH_TOKEN: contains a character that a bearer token cannot have/,
    ],
    ['on an address that is not ours', ['--host', '192.0.2.1'], token, /192\.0\.2\.1:0 failed/],
  ])('is refused %s', async (_, args, env, says) => {
    const program = startProgram(['http', '--port', '0', ...args], env)
    const { code } = await program.exited()
    expect(code).toBe(3)
    expect(program.stderr()).toMatch(says)
    expect(program.stderr()).not.toContain('not-to-be-sent')
    expect(program.stdout()).toBe('')
  })

  test('takes the token of the operator, and does not print it', async () => {
    const own = await startHttp(token)
    const initialize = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: {
        protocolVersion: '2025-06-18',
        capabilities: {},
        clientInfo: { name: 't', version: '1' },
      },
    }
    const reply = await fetch(own.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token.LITELLM_AGENTS_AUTH_TOKEN}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify(initialize),
    })
    await reply.text()
    expect(reply.status).toBe(200)
    expect(own.stderr()).not.toContain(token.LITELLM_AGENTS_AUTH_TOKEN)
    await own.stop()
  })

  test.each(['short', 'AZaz09-._~+/=='])(
    'on loopback lets in who has the token %s',
    async (own) => {
      const server = await startHttp({ LITELLM_AGENTS_AUTH_TOKEN: own })
      const reply = await rpc({ url: server.url, token: own }, 'tools/list')
      await server.stop()
      expect(reply.status).toBe(200)
    },
  )

  test('with --no-auth on loopback needs none', async () => {
    const open = await startHttp(upstream(fake), ['--no-auth'])
    const reply = await fetch(open.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: listTools,
    })
    expect(await reply.text()).toContain('run_agent')
    expect(open.stderr()).not.toContain('Bearer token')
    await open.stop()
  })

  test('and ending: a call that is about to end may, down to the last byte', async () => {
    const program = startProgram(['http', '--port', '0', '--no-auth'], {
      ...upstream(fake),
      LITELLM_AGENTS_CONFIG: configFile({ runs: { maxTextChars: 10_000_000 } }),
    })
    const [, url] = await program.until('stderr', /Listening on (\S+)/)
    fake.reset()
    const text = 'Just in time. '.repeat(400_000)
    fake.script({ text, delayMs: 300 })
    const params = { name: 'run_agent', arguments: { prompt: 'Hurry' } }
    const reply = fetch(url as string, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
    })
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
    program.child.kill('SIGTERM')
    const body = await (await reply).text()
    const [, data = ''] = /^data: (.*)$/m.exec(body) ?? []
    expect(JSON.parse(data).result.structuredContent.text).toBe(text)
    const { code, ms } = await program.exited()
    expect(code).toBe(0)
    expect(ms).toBeLessThan(1_000)
  })

  test('and ending: who only listens holds nobody up', async () => {
    const program = startProgram(['http', '--port', '0', '--no-auth'])
    const [, url] = await program.until('stderr', /Listening on (\S+)/)
    const stream = await fetch(url as string, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'subscriptions/listen',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'subscriptions/listen',
        params: modernParams({ notifications: { toolsListChanged: true } }, {}),
      }),
    })
    const reader = stream.body?.getReader()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toContain('acknowledged')
    program.child.kill('SIGTERM')
    const { code, ms } = await program.exited()
    expect(code).toBe(0)
    expect(ms).toBeLessThan(1_500)
  })

  test('on a port in use says so', async () => {
    const program = startProgram(['http', '--port', new URL(server.url).port])
    expect((await program.exited()).code).toBe(3)
    expect(program.stderr()).toMatch(/EADDRINUSE[\s\S]*--port/)
  })
})
