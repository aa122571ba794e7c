import { request as httpRequest } from 'node:http'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { type RawRequest, type Reply, send as sendTo } from '../helpers/http-client.js'
import { modernParams } from '../helpers/modern-params.js'
import { startProgram, testKey, upstream } from '../helpers/program.js'

const token = 'alice-0123456789abcdef'
let fake: FakeProvider
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  const LITELLM_AGENTS_CONFIG = configFile({
    http: {
      allowedOrigins: ['https://app.example', 'tools.example', 'vscode-webview://*'],
      maxBodyBytes: 100_000,
      principals: {
        alice: { token },
        bob: { token: 'bob-0123456789abcdef', allow: { requestsPerMinute: 1 } },
      },
    },
    agents: { careful: { tools: ['calculator'], approval: ['calculator'] } },
    runs: { approvalTimeoutSeconds: 5 },
  })
  server = await startHttp({ ...upstream(fake), LITELLM_AGENTS_CONFIG }, [], 'none')
})
afterAll(async () => {
  await server.stop()
  await fake.close()
})
beforeEach(() => fake.reset())

const send = (path: string, options?: RawRequest) => sendTo(new URL(path, server.url), options)
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
const runAgent = (id: number, prompt: string, more: JsonObject = {}, meta?: JsonObject) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name: 'run_agent', arguments: { prompt, ...more }, ...(meta && { _meta: meta }) },
})

const post = (
  message: unknown,
  headers: Record<string, string | undefined> = {},
  path = '/mcp',
): Promise<Reply> => {
  const all = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...headers,
  }
  const given = Object.entries(all).filter(([, value]) => value !== undefined)
  return send(path, {
    method: 'POST',
    headers: Object.fromEntries(given) as Record<string, string>,
    body: typeof message === 'string' ? message : JSON.stringify(message),
  })
}

const modernHeaders = {
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/list',
}
const modernList = { ...list, params: modernParams({}, {}) }

describe('surface 5: every form of Accept', () => {
  const forms: [string, string | undefined, 'json' | 'events' | 'either'][] = [
    ['absent', undefined, 'json'],
    ['empty', '', 'json'],
    ['*/*', '*/*', 'json'],
    ['*', '*', 'json'],
    ['application/json', 'application/json', 'json'],
    ['text/event-stream', 'text/event-stream', 'events'],
    ['both', 'application/json, text/event-stream', 'either'],
    ['both, without a space', 'text/event-stream,application/json', 'either'],
    ['type wildcards', 'application/*, text/*', 'json'],
    ['one type wildcard', 'application/*', 'json'],
    ['the other type wildcard', 'text/*', 'events'],
    ['upper case', 'Application/JSON, Text/Event-Stream', 'either'],
    ['parameters', 'application/json; charset=utf-8, text/event-stream; charset=utf-8', 'either'],
    ['quality values', 'application/json;q=0.5, text/event-stream;q=0.9', 'either'],
    ['a quality of 0 for JSON', 'application/json;q=0, text/event-stream', 'events'],
    ['a quality of 0 for event streams', 'application/json, text/event-stream;q=0', 'json'],
    ['a quality of 0 for JSON beside any type', 'application/json;q=0, */*', 'events'],
    ['what a browser sends', 'text/html, application/xhtml+xml, */*;q=0.8', 'json'],
    ['what Java sends', 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2', 'json'],
    ['JSON beside other types', 'text/plain, application/json', 'json'],
  ]
  const typesOf = { json: /^application\/json/, events: /^text\/event-stream/, either: /./ }

  test.each(forms)(
    'surface 5: a 2025 request whose Accept is %s is served',
    async (_, accept, format) => {
      const reply = await post(list, { accept })
      expect(reply.status).toBe(200)
      expect(reply.headers['content-type']).toMatch(typesOf[format])
      expect(reply.message().result.tools.length).toBeGreaterThan(0)
    },
  )

  test.each(forms)(
    'surface 5: a 2026 request whose Accept is %s is served',
    async (_, accept, format) => {
      const reply = await post(modernList, { ...modernHeaders, accept })
      expect(reply.status).toBe(200)
      expect(reply.headers['content-type']).toMatch(typesOf[format])
      expect(reply.message().result.tools.length).toBeGreaterThan(0)
    },
  )

  test.each(['text/html', 'image/png, text/plain', 'application/json;q=0, text/*;q=0', '*/*;q=0'])(
    'surface 5: a request whose Accept is %s, which excludes both formats, is refused with 406',
    async (accept) => {
      for (const reply of [
        await post(list, { accept }),
        await post(modernList, { ...modernHeaders, accept }),
      ]) {
        expect(reply.status).toBe(406)
        expect(reply.json().error.message).toContain('application/json, text/event-stream')
      }
    },
  )

  test.each([undefined, '*/*', 'application/json', 'text/event-stream', 'text/html'])(
    'surface 5: GET with the Accept %s is answered with 405, because the server has no stream to open',
    async (accept) => {
      const headers = { authorization: `Bearer ${token}`, ...(accept && { accept }) }
      const reply = await send('/mcp', { headers })
      expect([reply.status, reply.headers.allow]).toEqual([405, 'POST, OPTIONS'])
    },
  )

  test('surface 5: notifications are accepted with 202 whatever the format', async () => {
    for (const accept of ['application/json', 'text/event-stream', '*/*']) {
      const reply = await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, { accept })
      expect([reply.status, reply.body]).toEqual([202, ''])
    }
  })

  test('surface 5: a client that accepts only JSON gets a long run as one JSON message', async () => {
    fake.script({ text: 'one two three', betweenChunksMs: 400 })
    const reply = await post(runAgent(5, 'Slowly', {}, { progressToken: 'p' }), {
      accept: 'application/json',
    })
    expect([reply.status, reply.headers['content-type']]).toEqual([200, 'application/json'])
    expect(reply.json()).toMatchObject({
      jsonrpc: '2.0',
      id: 5,
      result: { structuredContent: { text: 'one two three' } },
    })
  })

  test('surface 5: a client that accepts only JSON gets a run of a minute, over a connection that is kept alive', async () => {
    // In this server, ten seconds take half a second.
    const fastClock = fileURLToPath(new URL('../helpers/fast-clock.mjs', import.meta.url))
    const NODE_OPTIONS = `--import=${pathToFileURL(fastClock)}`
    const own = await startHttp({ ...upstream(fake), NODE_OPTIONS }, ['--no-auth'])
    fake.script({ text: 'At last', delayMs: 3_000 })
    const reply = await fetch(own.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(runAgent(6, 'Slowly', { waitSeconds: 600 })),
    })
    const chunks: string[] = []
    const decoder = new TextDecoder()
    for await (const chunk of reply.body ?? []) chunks.push(decoder.decode(chunk))
    await own.stop()
    expect(reply.headers.get('content-type')).toBe('application/json')
    expect(JSON.parse(chunks.join('')).result.structuredContent.text).toBe('At last')
    const fillers = chunks.filter((chunk) => chunk.trim() === '')
    expect(fillers.length).toBeGreaterThanOrEqual(3)
  })

  test('surface 5: a client that accepts only JSON is not asked in the middle of a call', async () => {
    const open = await post({
      ...list,
      method: 'initialize',
      params: {
        protocolVersion: '2025-06-18',
        capabilities: { elicitation: {} },
        clientInfo: { name: 'test', version: '1' },
      },
    })
    fake.script({ toolCalls: [{ name: 'calculator', arguments: { expression: '1+1' } }] })
    const reply = await post(runAgent(7, 'Add', { agent: 'careful' }), {
      accept: 'application/json',
      'mcp-session-id': String(open.headers['mcp-session-id']),
    })
    expect(reply.json().result.structuredContent).toMatchObject({ status: 'running' })
  })

  test('surface 5: subscriptions/listen needs a client that accepts event streams', async () => {
    const listen = {
      ...list,
      method: 'subscriptions/listen',
      params: modernParams({ notifications: { toolsListChanged: true } }, {}),
    }
    const headers = { ...modernHeaders, 'mcp-method': 'subscriptions/listen' }
    expect((await post(listen, { ...headers, accept: 'application/json' })).status).toBe(406)
    const stream = await fetch(server.url, {
      method: 'POST',
      headers: {
        ...headers,
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: '*/*',
      },
      body: JSON.stringify(listen),
    })
    expect(stream.headers.get('content-type')).toBe('text/event-stream')
    await stream.body?.cancel()
  })
})

describe('surface 4: CORS', () => {
  const origins = [
    'http://localhost:6274',
    'http://127.0.0.1:8080',
    'http://[::1]:3000',
    'https://app.example',
    'https://tools.example:8443',
    'http://tools.example',
    'vscode-webview://0abc1',
  ]
  const preflight = (origin: string, more: Record<string, string> = {}, path = '/mcp') =>
    send(path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers':
          'authorization,content-type,mcp-protocol-version,mcp-session-id,X-Custom-Header',
        ...more,
      },
    })
  const listed = (value: unknown) => String(value).toLowerCase().split(', ')

  test.each(origins)(
    'surface 4: a preflight from %s is answered before authentication',
    async (origin) => {
      const reply = await preflight(origin)
      expect([reply.status, reply.body]).toEqual([204, ''])
      expect(reply.headers['access-control-allow-origin']).toBe(origin)
      expect(reply.headers.vary).toBe('Origin')
      expect(listed(reply.headers['access-control-allow-methods'])).toEqual(
        expect.arrayContaining(['post', 'get', 'delete', 'options']),
      )
      expect(listed(reply.headers['access-control-allow-headers'])).toEqual(
        expect.arrayContaining([
          ...['authorization', 'content-type', 'accept', 'last-event-id', 'x-custom-header'],
          ...['mcp-protocol-version', 'mcp-session-id', 'mcp-method', 'mcp-name', 'traceparent'],
        ]),
      )
      expect(reply.headers['access-control-allow-credentials']).toBeUndefined()
      expect(reply.headers['access-control-allow-private-network']).toBeUndefined()
    },
  )

  test('surface 4: a preflight for a private network is allowed', async () => {
    const reply = await preflight('https://app.example', {
      'access-control-request-private-network': 'true',
    })
    expect(reply.headers['access-control-allow-private-network']).toBe('true')
  })

  test.each(['/mcp', '/mcp/', '/healthz', '/readyz', '/.well-known/oauth-protected-resource'])(
    'surface 4: a preflight for %s is answered with 204',
    async (path) => {
      expect((await preflight('http://localhost:6274', {}, path)).status).toBe(204)
    },
  )

  test.each([
    'https://evil.example',
    'http://app.example',
    'https://app.example:8443',
    'https://app.example.evil.example',
    'https://sub.tools.example',
    'null',
    'http://localhost.evil.example',
  ])('surface 4: the origin %s is refused with 403 and no CORS headers', async (origin) => {
    for (const reply of [await preflight(origin), await post(list, { origin })]) {
      expect(reply.status).toBe(403)
      expect(reply.headers['access-control-allow-origin']).toBeUndefined()
      expect(reply.json().error.data.hint).toContain('http.allowedOrigins')
    }
  })

  test('surface 4: a page of an allowed origin can read results and the session header', async () => {
    const origin = 'https://app.example'
    const reply = await post(list, { origin })
    expect(reply.status).toBe(200)
    expect(reply.headers['access-control-allow-origin']).toBe(origin)
    expect(listed(reply.headers['access-control-expose-headers'])).toEqual(
      expect.arrayContaining(['mcp-session-id', 'www-authenticate', 'mcp-protocol-version']),
    )
  })

  const failures: [number, string, () => Promise<Reply>][] = [
    [400, 'invalid JSON', () => post('{', { origin: 'http://localhost:6274' })],
    [
      401,
      'a missing token',
      () => post(list, { origin: 'http://localhost:6274', authorization: undefined }),
    ],
    [404, 'an unknown path', () => post(list, { origin: 'http://localhost:6274' }, '/other')],
    [
      404,
      'metadata that does not exist',
      () =>
        send('/.well-known/oauth-authorization-server', {
          headers: { origin: 'http://localhost:6274' },
        }),
    ],
    [
      405,
      'GET',
      () =>
        send('/mcp', {
          headers: { origin: 'http://localhost:6274', authorization: `Bearer ${token}` },
        }),
    ],
    [
      406,
      'an Accept of neither format',
      () => post(list, { origin: 'http://localhost:6274', accept: 'text/html' }),
    ],
    [413, 'a large body', () => post('x'.repeat(200_000), { origin: 'http://localhost:6274' })],
    [
      415,
      'another type',
      () => post(list, { origin: 'http://localhost:6274', 'content-type': 'text/plain' }),
    ],
    [
      429,
      'too many requests',
      async () => {
        const bob = {
          origin: 'http://localhost:6274',
          authorization: 'Bearer bob-0123456789abcdef',
        }
        await post(list, bob)
        return post(list, bob)
      },
    ],
  ]
  test.each(failures)(
    'surface 4: the response %i to %s carries CORS headers',
    async (status, _, fail) => {
      const reply = await fail()
      expect(reply.status).toBe(status)
      expect(reply.headers['access-control-allow-origin']).toBe('http://localhost:6274')
      expect(reply.headers.vary).toBe('Origin')
    },
  )

  test('surface 4: the health of the server can be read by a page, the dashboard cannot', async () => {
    const headers = { origin: 'http://localhost:6274' }
    expect((await send('/healthz', { headers })).headers['access-control-allow-origin']).toBe(
      headers.origin,
    )
    for (const path of ['/', '/api/live'])
      expect((await send(path, { headers })).headers['access-control-allow-origin']).toBeUndefined()
  })

  test('surface 4: a request without an Origin gets no CORS headers, and OPTIONS needs none', async () => {
    expect((await post(list)).headers['access-control-allow-origin']).toBeUndefined()
    const reply = await send('/mcp', { method: 'OPTIONS' })
    expect([reply.status, reply.headers.allow]).toEqual([204, 'POST, OPTIONS'])
    expect(reply.headers['access-control-allow-origin']).toBeUndefined()
  })
})

describe('code 1, fact a: http.allowedOrigins takes origins and host names', () => {
  test.each([
    '*',
    'null',
    'https://app.example/path',
    'app.example:8443',
    'https://',
    'two words',
    '*.example',
  ])('code 1: the entry %s is refused when the server starts', async (entry) => {
    const config = configFile({ http: { allowedOrigins: [entry] } })
    const program = startProgram(['http', '--port', '0', '--config', config])
    expect((await program.exited()).code).toBeGreaterThan(0)
    expect(program.stderr()).toMatch(
      /allowedOrigins\[0\].*(must be an origin|must name each origin)/,
    )
  })

  test.each([
    ['https://app.example/', 'https://app.example'],
    ['HTTPS://App.Example', 'https://app.example'],
    ['https://app.example:443', 'https://app.example'],
    ['http://app.example:80', 'http://app.example'],
    ['App.Example', 'https://app.example:8443'],
  ])('code 1: the entry %s allows the origin %s', async (entry, origin) => {
    const own = await startHttp(
      { LITELLM_AGENTS_CONFIG: configFile({ http: { allowedOrigins: [entry] } }) },
      ['--no-auth'],
    )
    const reply = await sendTo(own.url, { method: 'OPTIONS', headers: { origin } })
    await own.stop()
    expect([reply.status, reply.headers['access-control-allow-origin']]).toEqual([204, origin])
  })

  test('code 1: an entry of http.allowedHosts with a scheme or a port is refused when the server starts', async () => {
    const config = configFile({ http: { allowedHosts: ['https://app.example', 'app.example:80'] } })
    const program = startProgram(['http', '--port', '0', '--config', config])
    expect((await program.exited()).code).toBeGreaterThan(0)
    expect(program.stderr()).toMatch(/allowedHosts\[0\].*allowedHosts\[1\]/s)
  })
})

describe('surface 11: /mcp/', () => {
  test.each(['/mcp', '/mcp/', '/mcp/?x=1'])(
    'surface 11: POST %s is served without a redirect',
    async (path) => {
      expect((await post(list, {}, path)).status).toBe(200)
    },
  )

  test.each(['/mcp//', '/mcp/more', '//mcp'])(
    'surface 11: there is nothing at %s',
    async (path) => {
      const reply = await new Promise<number>((resolve, reject) => {
        const { hostname, port } = new URL(server.url)
        const outgoing = httpRequest({ hostname, port, path, method: 'POST' }, (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        })
        outgoing.on('error', reject)
        outgoing.end()
      })
      expect(reply).toBe(404)
    },
  )
})

describe('surface 17: no result after a cancellation over HTTP', () => {
  async function session(): Promise<Record<string, string>> {
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    }
    const { headers } = await post({ ...list, method: 'initialize', params })
    return { 'mcp-session-id': String(headers['mcp-session-id']) }
  }
  const cancel = (requestId: number) => ({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId, reason: 'Changed my mind' },
  })

  test.each([
    'application/json, text/event-stream',
    'text/event-stream',
    'application/json',
    '*/*',
  ])(
    'surface 17: with the Accept %s, the response to a cancelled call ends without a result',
    async (accept) => {
      const own = await session()
      fake.script({ text: 'one two three', betweenChunksMs: 20_000 })
      const call = post(runAgent(41, 'Go on', {}, { progressToken: 41 }), { ...own, accept })
      await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
      expect((await post(cancel(41), own)).status).toBe(202)
      const reply = await call
      expect(reply.body).not.toContain('"result"')
      expect(reply.body).not.toContain('"error"')
      expect(reply.status).toBeLessThan(300)
      await fake.waitFor(({ modelRequests }) => modelRequests[0]?.abortedAt)
    },
  )

  test('surface 17: a cancelled run keeps what it spent, and other calls with the same id go on', async () => {
    const [one, other] = [await session(), await session()]
    fake.script({ text: 'one two three', betweenChunksMs: 20_000 }, { text: 'Fine', delayMs: 300 })
    const first = post(runAgent(1, 'Go on'), one)
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
    const second = post(runAgent(1, 'Hello'), other)
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 2)
    await post(cancel(1), one)
    expect((await first).body).not.toContain('"result"')
    expect((await second).message().result.structuredContent.text).toBe('Fine')
    const params = { name: 'list_runs', arguments: { status: 'cancelled' } }
    const runs = await post({ jsonrpc: '2.0', id: 2, method: 'tools/call', params }, one)
    expect(runs.message().result.structuredContent.runs.length).toBeGreaterThan(0)
  })
})

test('surface 413: a body above http.maxBodyBytes is refused with 413, and the setting is named', async () => {
  for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
    const reply = await post(
      JSON.stringify({ ...list, params: { x: 'x'.repeat(150_000) } }),
      headers,
    )
    expect(reply.status).toBe(413)
    expect(reply.json().error.message).toMatch(/larger than 100000 bytes.*http\.maxBodyBytes/)
    expect(reply.body).not.toContain(testKey)
  }
})
