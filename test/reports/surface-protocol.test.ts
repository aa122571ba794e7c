import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { type Reply, send } from '../helpers/http-client.js'
import { modernParams } from '../helpers/modern-params.js'
import { messages, type Program, startProgram, upstream } from '../helpers/program.js'

const meta = 'io.modelcontextprotocol'
const tokens = { alice: 'alice-0123456789abcdef', bob: 'bob-0123456789abcdef' }

let fake: FakeProvider
let server: Program | undefined
let http: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  const principals = {
    alice: { token: tokens.alice },
    bob: { token: tokens.bob, allow: { requestsPerMinute: 3 } },
  }
  const LITELLM_AGENTS_CONFIG = configFile({
    http: { principals },
    agents: { reviewer: { description: 'Reviews', systemPrompt: 'Review.' } },
  })
  http = await startHttp({ ...upstream(fake), LITELLM_AGENTS_CONFIG }, [], 'none')
})
afterAll(async () => {
  await http.stop()
  await fake.close()
})
beforeEach(() => fake.reset())
afterEach(async () => {
  await server?.stop()
  server = undefined
})

const post = (
  message: unknown,
  headers: Record<string, string> = {},
  who: keyof typeof tokens = 'alice',
): Promise<Reply> =>
  send(http.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokens[who]}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify(message),
  })

const initializeParams = {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
}

/** The response to one request of an initialized 2025 client over stdio. */
async function overStdio(request: JsonObject, version = '2025-06-18'): Promise<JsonObject> {
  server = startProgram([], upstream(fake))
  if (request.method !== 'initialize') {
    const params = { ...initializeParams, protocolVersion: version }
    server.send({ id: 'initialize', method: 'initialize', params })
    await server.answer('initialize')
  }
  server.send({ id: 1, ...request })
  return server.answer(1)
}

const overHttp = async (request: JsonObject): Promise<JsonObject> =>
  (await post({ jsonrpc: '2.0', id: 1, ...request })).message()

/** As a client of 2026-07-28 sends it. */
const overHttp2026 = async ({ method, params }: JsonObject): Promise<JsonObject> => {
  const { _meta, ...others } = params ?? {}
  const sent = modernParams(others, {})
  const headers = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(params?.name && { 'mcp-name': params.name }),
    ...(params?.uri && { 'mcp-name': params.uri }),
  }
  const all = { ...sent, _meta: { ...sent._meta, ..._meta } }
  return (await post({ jsonrpc: '2.0', id: 1, method, params: all }, headers)).message()
}

const doors = [
  ['stdio', overStdio],
  ['HTTP', overHttp],
] as const

describe.each(doors)(
  'surface 8: null in place of an absent protocol member over %s',
  (door, call) => {
    const accepted: [string, JsonObject][] = [
      ['params of tools/list', { method: 'tools/list', params: null }],
      ['params of ping', { method: 'ping', params: null }],
      ['params of prompts/list', { method: 'prompts/list', params: null }],
      ['the cursor of tools/list', { method: 'tools/list', params: { cursor: null } }],
      ['the cursor of resources/list', { method: 'resources/list', params: { cursor: null } }],
      ['_meta', { method: 'tools/list', params: { _meta: null } }],
      ['the progressToken', { method: 'tools/list', params: { _meta: { progressToken: null } } }],
      [
        'the trace context and other keys of _meta',
        {
          method: 'tools/list',
          params: { _meta: { traceparent: null, 'example/x': { y: null } } },
        },
      ],
      ['error and result beside a method', { method: 'ping', error: null, result: null }],
      [
        'arguments of a tool',
        { method: 'tools/call', params: { name: 'list_runs', arguments: null } },
      ],
      [
        'arguments, _meta and task of a tool call',
        {
          method: 'tools/call',
          params: { name: 'list_runs', arguments: null, _meta: null, task: null },
        },
      ],
      [
        'the context of a completion',
        {
          method: 'completion/complete',
          params: {
            ref: { type: 'ref/prompt', name: 'x', title: null },
            argument: { name: 'agent', value: '' },
            context: null,
          },
        },
      ],
      [
        'the arguments of a completion’s context',
        {
          method: 'completion/complete',
          params: {
            ref: { type: 'ref/prompt', name: 'x' },
            argument: { name: 'agent', value: '' },
            context: { arguments: { other: null } },
          },
        },
      ],
      [
        'capabilities of initialize',
        { method: 'initialize', params: { ...initializeParams, capabilities: null } },
      ],
      [
        'each capability of initialize',
        {
          method: 'initialize',
          params: {
            ...initializeParams,
            capabilities: {
              experimental: null,
              sampling: { context: null, tools: null },
              elicitation: { form: null, url: null },
              roots: { listChanged: null },
              tasks: { requests: { elicitation: { create: null } } },
              extensions: { 'example/x': null },
            },
          },
        },
      ],
      [
        'the members of clientInfo',
        {
          method: 'initialize',
          params: {
            ...initializeParams,
            clientInfo: {
              name: 'test',
              version: null,
              title: null,
              icons: [{ src: 'https://example.com/a.png', mimeType: null, sizes: null }],
              websiteUrl: null,
            },
          },
        },
      ],
      ['clientInfo', { method: 'initialize', params: { ...initializeParams, clientInfo: null } }],
    ]
    test.each(accepted)(`surface 8: null for %s is accepted over ${door}`, async (_, request) => {
      const { error, result } = await call(request)
      expect(error).toBeUndefined()
      expect(result).toBeDefined()
      expect(result.isError).not.toBe(true)
    })

    test.each([
      ['params', { method: 'tools/list', params: [] }],
      ['arguments', { method: 'tools/call', params: { name: 'list_runs', arguments: [] } }],
      [
        'capabilities',
        { method: 'initialize', params: { ...initializeParams, capabilities: { roots: [] } } },
      ],
    ])(`surface 8: an empty list for %s is accepted over ${door}`, async (_, request) => {
      expect((await call(request)).result).toBeDefined()
    })

    test.each(['{"limit":1}', ' {} ', ''])(
      `surface 2: the text %j for arguments is read over ${door}`,
      async (text) => {
        const { result } = await call({
          method: 'tools/call',
          params: { name: 'list_runs', arguments: text },
        })
        expect(result.isError).not.toBe(true)
        expect(result.structuredContent.runs).toEqual([])
      },
    )
  },
)

describe('surface 8: null in a request of 2026-07-28', () => {
  const accepted: [string, JsonObject][] = [
    ['the cursor', { method: 'tools/list', params: { cursor: null } }],
    ['arguments', { method: 'tools/call', params: { name: 'list_runs', arguments: null } }],
    [
      'the client’s version',
      { method: 'tools/list', params: { _meta: { [`${meta}/clientInfo`]: { name: 'x' } } } },
    ],
    ['clientInfo', { method: 'tools/list', params: { _meta: { [`${meta}/clientInfo`]: null } } }],
    [
      'clientCapabilities',
      { method: 'tools/list', params: { _meta: { [`${meta}/clientCapabilities`]: null } } },
    ],
    [
      'a capability',
      {
        method: 'tools/list',
        params: { _meta: { [`${meta}/clientCapabilities`]: { elicitation: null } } },
      },
    ],
    ['the log level', { method: 'tools/list', params: { _meta: { [`${meta}/logLevel`]: null } } }],
  ]
  test.each(accepted)('surface 8: null for %s is accepted in the 2026 era', async (_, request) => {
    const { error, result } = await overHttp2026(request)
    expect(error).toBeUndefined()
    expect(result.isError).not.toBe(true)
  })
})

test.each(doors)('surface 8: a request whose id is null is an error over %s', async (door) => {
  const request = { jsonrpc: '2.0', id: null, method: 'tools/list' }
  if (door === 'HTTP') {
    const reply = await post(request)
    expect(reply.status).toBe(400)
    expect(reply.json()).toMatchObject({ id: null, error: { code: -32600 } })
    return
  }
  server = startProgram()
  server.send({ id: 'initialize', method: 'initialize', params: initializeParams })
  await server.answer('initialize')
  server.send(request)
  expect((await server.answer(null)).error.code).toBe(-32600)
})

test.each([
  ['no clientInfo', { protocolVersion: '2025-06-18', capabilities: {} }],
  ['no version in clientInfo', { ...initializeParams, clientInfo: { name: 'x' } }],
  ['no name in clientInfo', { ...initializeParams, clientInfo: { version: '1' } }],
])('surface 15: initialize with %s is accepted over stdio and HTTP', async (_, params) => {
  for (const call of [overStdio, overHttp])
    expect((await call({ method: 'initialize', params })).result.protocolVersion).toBe('2025-06-18')
})

describe.each([...doors, ['HTTP in the 2026 era', overHttp2026] as const])(
  'surface 15: invalid params over %s',
  (door, call) => {
    const is2026 = call === overHttp2026
    const invalid: [string, JsonObject, RegExp][] = [
      ['tools/list', { cursor: 5 }, /cursor must be a string/],
      ['tools/call', { name: 7 }, /name must be a string|_meta|Mcp-Name/],
      ['tools/call', {}, /name is required/],
      ['tools/call', { name: 'list_runs', arguments: 'x' }, /arguments must be an object/],
      ['resources/list', { cursor: {} }, /cursor must be a string/],
      ['resources/templates/list', { cursor: [1] }, /cursor must be a string/],
      ['resources/read', {}, /uri is required/],
      ['prompts/list', { cursor: 5 }, /cursor must be a string/],
      ['prompts/get', {}, /name is required/],
      ['completion/complete', {}, /ref is required|argument is required|ref is not valid/],
      [
        'completion/complete',
        { ref: { type: 'ref/other' }, argument: { name: 'a', value: '' } },
        /ref/,
      ],
    ]
    if (!is2026)
      invalid.push(
        ['initialize', { capabilities: {} }, /protocolVersion is required/],
        [
          'initialize',
          { ...initializeParams, capabilities: undefined },
          /capabilities is required/,
        ],
        ['initialize', { ...initializeParams, clientInfo: 'x' }, /clientInfo must be an object/],
        [
          'initialize',
          { ...initializeParams, protocolVersion: 5 },
          /protocolVersion must be a string/,
        ],
        ['initialize', { ...initializeParams, capabilities: { roots: 5 } }, /capabilities\.roots/],
        ['tools/list', { _meta: { progressToken: {} } }, /progressToken of _meta must be/],
        ['tools/list', { _meta: 5 }, /_meta must be an object/],
      )
    test.each(invalid)(
      `surface 15: %s with the params %j is answered with -32602 and a sentence over ${door}`,
      async (method, params, says) => {
        const { error } = await call({ method, params })
        expect(error).toMatchObject({ code: -32602, message: expect.stringMatching(says) })
        expect(error.message).not.toMatch(/[[\]{}\n]|expected|received|zod|Zod/)
      },
    )
  },
)

test.each(doors)(
  'surface 15: params that are not an object are answered with -32602 over %s',
  async (_, call) => {
    for (const params of [5, 'x', [1]])
      expect((await call({ method: 'tools/list', params })).error).toMatchObject({
        code: -32602,
        message: expect.stringContaining('params must be an object'),
      })
  },
)

describe('surface 14: JSON-RPC batches over stdio', () => {
  const ping = (id: number) => ({ jsonrpc: '2.0', id, method: 'ping' })

  async function agreed(version: string): Promise<Program> {
    server = startProgram([], upstream(fake))
    const params = { ...initializeParams, protocolVersion: version }
    server.send({ id: 'initialize', method: 'initialize', params })
    await server.answer('initialize')
    return server
  }

  /** The lines that follow the response to initialize, once a ping that is sent last is answered. */
  async function linesAfter(program: Program, line: unknown): Promise<JsonObject[]> {
    program.child.stdin.write(`${JSON.stringify(line)}\n`)
    program.send({ id: 'last', method: 'ping' })
    await program.answer('last')
    return messages(program.stdout()).filter(({ id }) => id !== 'initialize' && id !== 'last')
  }

  test('surface 14: a batch is answered with one array under 2025-03-26', async () => {
    const program = await agreed('2025-03-26')
    const [responses, ...others] = await linesAfter(program, [ping(1), ping(2)])
    expect(others).toEqual([])
    expect(responses).toEqual([
      { jsonrpc: '2.0', id: 1, result: {} },
      { jsonrpc: '2.0', id: 2, result: {} },
    ])
  })

  test('surface 14: notifications and invalid messages of a batch are handled one by one', async () => {
    const program = await agreed('2025-03-26')
    const notification = { jsonrpc: '2.0', method: 'notifications/initialized' }
    const initialize = { jsonrpc: '2.0', id: 3, method: 'initialize', params: initializeParams }
    const [responses] = await linesAfter(program, [1, notification, ping(1), ping(1), initialize])
    expect(responses).toHaveLength(4)
    const byId = (id: unknown) => (responses as JsonObject[]).filter((one) => one.id === id)
    expect(byId(1)).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }])
    expect(byId(null).map(({ error }) => error.code)).toEqual([-32600, -32600])
    expect(byId(3)[0]?.error.code).toBe(-32600)
  })

  test('surface 14: a batch of notifications alone gets no response', async () => {
    const program = await agreed('2025-03-26')
    const notification = { jsonrpc: '2.0', method: 'notifications/initialized' }
    expect(await linesAfter(program, [notification, notification])).toEqual([])
  })

  test('surface 14: a batch does not wait for a request that is cancelled', async () => {
    fake.script({ text: 'one two three', betweenChunksMs: 20_000 })
    const program = await agreed('2025-03-26')
    const params = { name: 'run_agent', arguments: { prompt: 'Go on' } }
    program.child.stdin.write(
      `${JSON.stringify([ping(1), { jsonrpc: '2.0', id: 2, method: 'tools/call', params }])}\n`,
    )
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
    const cancel = { method: 'notifications/cancelled', params: { requestId: 2 } }
    expect(await linesAfter(program, { jsonrpc: '2.0', ...cancel })).toEqual([
      [{ jsonrpc: '2.0', id: 1, result: {} }],
    ])
  })

  test('surface 14: an empty batch is one error', async () => {
    const program = await agreed('2025-03-26')
    const [response, ...others] = await linesAfter(program, [])
    expect(others).toEqual([])
    expect(response).toMatchObject({ id: null, error: { code: -32600 } })
  })

  test.each(['2024-11-05', '2025-06-18', '2025-11-25'])(
    'surface 14: a batch is refused with one clear error under %s, which has no batches',
    async (version) => {
      const program = await agreed(version)
      const [response, ...others] = await linesAfter(program, [ping(1), ping(2)])
      expect(others).toEqual([])
      expect(response).toMatchObject({
        id: null,
        error: { code: -32600, message: expect.stringMatching(new RegExp(`${version}.*batch`)) },
      })
    },
  )

  test('surface 14: a batch before initialize is refused', async () => {
    server = startProgram()
    const responses = await linesAfter(server, [ping(1)])
    expect(responses[0]).toMatchObject({ id: null, error: { code: -32600 } })
  })
})

describe('surface 14: JSON-RPC batches over HTTP', () => {
  const ping = (id: number) => ({ jsonrpc: '2.0', id, method: 'ping' })
  const run = (id: number) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: 'run_agent', arguments: { prompt: `Hello ${id}` } },
  })

  test.each([
    ['no version header', {}],
    ['2025-03-26', { 'mcp-protocol-version': '2025-03-26' }],
  ])('surface 14: a batch is answered with one array with %s', async (_, headers) => {
    const reply = await post(
      [ping(1), run(2), { jsonrpc: '2.0', id: 3, method: 'no/such' }],
      headers,
    )
    expect([reply.status, reply.headers['content-type']]).toEqual([200, 'application/json'])
    const responses = reply.json() as JsonObject[]
    expect(responses.map(({ id }) => id).sort()).toEqual([1, 2, 3])
    expect(responses.find(({ id }) => id === 2)?.result.structuredContent.status).toBe('completed')
    expect(responses.find(({ id }) => id === 3)?.error.code).toBe(-32601)
  })

  test('surface 14: a batch of one request is answered with an array', async () => {
    expect((await post([ping(1)])).json()).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }])
  })

  test('surface 14: a client that accepts event streams alone gets the responses of a batch as events', async () => {
    const reply = await post([ping(1), ping(2)], { accept: 'text/event-stream' })
    expect(reply.headers['content-type']).toBe('text/event-stream')
    const ids = [...reply.body.matchAll(/^data: (.*)$/gm)].flatMap(([, data]) =>
      JSON.parse(data ?? ''),
    )
    expect(ids.map(({ id }: JsonObject) => id).sort()).toEqual([1, 2])
  })

  test('surface 14: a batch of notifications alone is accepted with 202', async () => {
    const reply = await post([{ jsonrpc: '2.0', method: 'notifications/initialized' }])
    expect([reply.status, reply.body]).toEqual([202, ''])
  })

  test('surface 14: invalid messages of a batch are answered one by one', async () => {
    const responses = (await post([1, ping(1)])).json() as JsonObject[]
    expect(responses.map(({ id }) => id).sort()).toEqual([1, null])
  })

  test.each([
    ['an empty batch', [], {}],
    ['a batch under 2025-06-18', [ping(1)], { 'mcp-protocol-version': '2025-06-18' }],
    ['a batch under 2025-11-25', [ping(1)], { 'mcp-protocol-version': '2025-11-25' }],
    ['a batch under 2024-11-05', [ping(1)], { 'mcp-protocol-version': '2024-11-05' }],
    ['a batch under 2026-07-28', [ping(1)], { 'mcp-protocol-version': '2026-07-28' }],
    ['a batch of 101 messages', Array.from({ length: 101 }, (_, id) => ping(id)), {}],
  ])('surface 14: %s is refused with 400 and a clear error', async (_, batch, headers) => {
    const reply = await post(batch, headers)
    expect(reply.status).toBe(400)
    expect(reply.json()).toMatchObject({
      id: null,
      error: { code: -32600, message: expect.stringContaining('batch') },
    })
  })

  test('surface 14: each message of a batch counts as one request toward requestsPerMinute', async () => {
    // No wait would admit more than a minute's requests at once.
    const reply = await post([run(1), run(2), run(3), run(4)], {}, 'bob')
    expect(reply.status).toBe(400)
    expect(fake.modelRequests).toHaveLength(0)
    // The refused batch counts as one request, so two are left.
    expect((await post([ping(1), ping(2)], {}, 'bob')).status).toBe(200)
    expect((await post(ping(1), {}, 'bob')).status).toBe(429)
    expect((await post([ping(1), ping(2), ping(3)], {}, 'alice')).status).toBe(200)
  })
})

describe('surface 15: MCP-Protocol-Version headers over HTTP', () => {
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
  const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: initializeParams }

  test.each(['', ' ', '2025-03-26', '2024-11-05', '2025-06-18', '2025-11-25', '2024-10-07'])(
    'a request with the version header %j is served',
    async (version) => {
      expect((await post(list, { 'mcp-protocol-version': version })).status).toBe(200)
    },
  )

  test.each(['1900-01-01', 'not-a-version', '2099-01-01'])(
    'a request with the unknown version header %s is refused with 400, and the supported ones are named',
    async (version) => {
      const reply = await post(list, { 'mcp-protocol-version': version })
      expect(reply.status).toBe(400)
      const { error, id } = reply.json()
      expect(id).toBe(1)
      expect(error.message).toContain(version)
      expect(error.message).toContain('2025-11-25')
      expect(error.data.supported).toContain('2026-07-28')
    },
  )

  test.each(['', '1900-01-01', 'not-a-version', '2026-07-28', '2099-01-01'])(
    'initialize with the version header %j is served, because it negotiates the version',
    async (version) => {
      const reply = await post(initialize, { 'mcp-protocol-version': version })
      expect(reply.status).toBe(200)
      expect(reply.message().result.protocolVersion).toBe('2025-06-18')
    },
  )

  test('initialize with an unknown version in its body is answered with a supported one', async () => {
    const params = { ...initializeParams, protocolVersion: '2099-01-01' }
    expect((await post({ ...initialize, params })).message().result.protocolVersion).toBe(
      '2025-11-25',
    )
  })
})
