import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { send } from '../helpers/http-client.js'
import {
  environment,
  initialize,
  messages,
  type Program,
  program,
  startProgram,
  upstream,
} from '../helpers/program.js'
import { sentTexts } from '../helpers/sent-texts.js'

const bom = Buffer.from([0xef, 0xbb, 0xbf])
const initializeRequest = {
  jsonrpc: '2.0',
  id: 'initialize',
  method: 'initialize',
  params: {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  },
}
const ping = (id: number | string) => JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' })
const runAgent = (prompt: string, more: JsonObject = {}) => ({
  method: 'tools/call',
  params: { name: 'run_agent', arguments: { prompt, ...more } },
})

let fake: FakeProvider
let server: Program | undefined
let http: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  http = await startHttp(upstream(fake), ['--no-auth'])
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

/** Writes each piece by itself, so that the server reads them one by one. */
async function write(to: Program, pieces: readonly (string | Buffer)[]): Promise<void> {
  for (const piece of pieces) {
    await new Promise((resolve) => to.child.stdin.write(piece, resolve))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The user's last message in a request that the provider received. */
const userText = (request: number) => sentTexts(fake.modelRequests[request]).at(-1)

const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
  send(http.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body,
  })

describe('surface 7: a byte-order mark on stdin', () => {
  const line = `${JSON.stringify(initializeRequest)}\n`
  const crlf = line.replace('\n', '\r\n')
  test.each([
    ['in one chunk with the first message', [Buffer.concat([bom, Buffer.from(line)])]],
    ['split into three chunks', [...[...bom].map((byte) => Buffer.from([byte])), line]],
    ['before a message that ends with CRLF', [bom, crlf]],
    ['on a line of its own that ends with CRLF', [bom, '\r\n', line]],
    ['twice', [bom, bom, line]],
  ])('surface 7: a byte-order mark %s does not hide the message', async (_, pieces) => {
    server = startProgram()
    await write(server, pieces)
    expect((await server.answer('initialize')).result).toBeDefined()
    expect(messages(server.stdout())).toHaveLength(1)
  })

  test('surface 7: a byte-order mark on a later line does not hide that message', async () => {
    server = startProgram()
    await initialize(server)
    await write(server, [bom, `${ping(2)}\n`])
    expect((await server.answer(2)).result).toEqual({})
  })

  test('surface 7: a byte-order mark at the head of an HTTP body does not hide the message', async () => {
    const reply = await post(Buffer.concat([bom, Buffer.from(JSON.stringify(initializeRequest))]))
    expect([reply.status, reply.message().result?.serverInfo.name]).toEqual([
      200,
      'litellm-agents-mcp',
    ])
  })
})

describe('surface 16: blank lines and a last line without a line ending', () => {
  test.each([
    ['CRLF', '\r\n'],
    ['spaces', '   \n'],
    ['tabs and CRLF', '\t \r\n'],
    ['nothing', '\n'],
    ['a byte-order mark', `${bom}\n`],
  ])('surface 16: a line of %s is skipped without a response', async (_, blank) => {
    server = startProgram()
    await initialize(server)
    await write(server, [blank, `${ping(2)}\n`])
    await server.answer(2)
    expect(messages(server.stdout()).map(({ id }) => id)).toEqual(['initialize', 2])
  })

  test.each([
    ['initialize', [JSON.stringify(initializeRequest)], 'initialize'],
    ['ping after initialize', [`${JSON.stringify(initializeRequest)}\n`, ping(2)], 2],
    [
      'tools/list after initialize',
      [
        `${JSON.stringify(initializeRequest)}\r\n`,
        JSON.stringify({ jsonrpc: '2.0', id: 3, method: 'tools/list' }),
      ],
      3,
    ],
  ])('surface 16: %s on a last line without a line ending is answered', async (_, pieces, id) => {
    server = startProgram()
    await write(server, pieces)
    server.child.stdin.end()
    const { code } = await server.exited()
    expect(code).toBe(0)
    expect(messages(server.stdout()).find((message) => message.id === id)?.result).toBeDefined()
  })
})

describe('surface 13: characters that some clients take for line breaks', () => {
  const text = 'one\u2028two\u2029three\u0085four'

  test('surface 13: a client that reads stdout with node:readline gets the answer whole', async () => {
    fake.script({ text })
    server = startProgram([], upstream(fake))
    const lines: string[] = []
    createInterface({ input: server.child.stdout }).on('line', (line) => lines.push(line))
    await initialize(server)
    server.send({ id: 2, ...runAgent('Hello') })
    const { result } = await server.answer(2)
    expect(result.structuredContent.text).toBe(text)
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(['initialize', 2])
    expect(server.stdout()).not.toMatch(/[\u2028\u2029\u0085]/)
  })

  test.each([
    ['an event stream', 'application/json, text/event-stream'],
    ['one JSON message', 'application/json'],
  ])('surface 13: %s over HTTP has these characters as escapes', async (_, accept) => {
    fake.script({ text })
    const body = JSON.stringify({ jsonrpc: '2.0', id: 2, ...runAgent('Hello') })
    const reply = await post(body, { accept })
    expect(reply.message().result.structuredContent.text).toBe(text)
    expect(reply.body).not.toMatch(/[\u2028\u2029\u0085]/)
  })

  test('surface 13: such characters in a request do not break its line', async () => {
    server = startProgram([], upstream(fake))
    await initialize(server)
    server.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 2, ...runAgent(text) })}\n`)
    await server.answer(2)
    expect(userText(0)).toBe(text)
  })
})

describe('surface 9: lone surrogates', () => {
  const loneSurrogate = /\\ud[89a-f][\da-f]{2}/i

  async function call(request: JsonObject): Promise<JsonObject> {
    server ??= startProgram([], upstream(fake))
    if (server.stdout() === '') await initialize(server)
    const id = `call ${messages(server.stdout()).length}`
    server.send({ id, ...request })
    return server.answer(id)
  }

  test('surface 9: lone surrogates in a prompt do not reach the provider, nor poison the session', async () => {
    await call(runAgent('bad \ud83d here', { sessionId: 's' }))
    await call(runAgent('and \ude00 again \u{1f600}', { sessionId: 's' }))
    expect(fake.modelRequests).toHaveLength(2)
    for (const { body } of fake.modelRequests)
      expect(JSON.stringify(body)).not.toMatch(loneSurrogate)
    expect(userText(0)).toBe('bad \ufffd here')
    expect(userText(1)).toBe('and \ufffd again \u{1f600}')
  })

  test('surface 9: lone surrogates in an answer do not reach the client, and whole characters stay', async () => {
    fake.script({ text: 'half \ud83d and \u{1f600}' })
    const { result } = await call(runAgent('Hello'))
    expect(result.structuredContent.text).toBe('half \ufffd and \u{1f600}')
    expect(server?.stdout()).not.toMatch(loneSurrogate)
  })

  test('surface 9: lone surrogates in an answer do not poison the session', async () => {
    fake.script({ text: 'half \ud83d and \u{1f600}' })
    await call(runAgent('Hello', { sessionId: 'answered' }))
    await call(runAgent('Go on', { sessionId: 'answered' }))
    expect(sentTexts(fake.modelRequests[1])).toContain('half \ufffd and \u{1f600}')
    expect(JSON.stringify(fake.modelRequests[1]?.body)).not.toMatch(loneSurrogate)
  })

  test('surface 9: lone surrogates in a provider’s error do not reach the client', async () => {
    fake.script({
      raw: { status: 400, body: '{"error":{"message":"bad \\ud83d value","type":"x"}}' },
    })
    const { result } = await call(runAgent('Hello'))
    expect(result.isError).toBe(true)
    expect(server?.stdout()).not.toMatch(loneSurrogate)
  })

  test('surface 9: lone surrogates in an id, a name and an argument’s name come back replaced', async () => {
    server = startProgram([], upstream(fake))
    await initialize(server)
    const request = { jsonrpc: '2.0', id: 'id \ud83d', method: 'tools/call' }
    const params = { name: 'no \ude00', arguments: { 'x\ud83d': 1 } }
    server.child.stdin.write(`${JSON.stringify({ ...request, params })}\n`)
    expect((await server.answer('id \ufffd')).error).toMatchObject({ code: -32602 })
    expect(server.stdout()).not.toMatch(loneSurrogate)
  })

  test.each(['application/json, text/event-stream', 'application/json'])(
    'surface 9: lone surrogates reach neither the provider nor a client over HTTP that accepts %s',
    async (accept) => {
      fake.script({ text: 'half \ud83d' })
      const body = JSON.stringify({ jsonrpc: '2.0', id: 2, ...runAgent('bad \ud83d') })
      const reply = await post(body, { accept })
      expect(reply.body).not.toMatch(loneSurrogate)
      expect(reply.message().result.structuredContent.text).toBe('half \ufffd')
      expect(userText(0)).toBe('bad \ufffd')
    },
  )
})

describe('surface 10: a client that never reads stderr', () => {
  /** Starts the program with its stderr left unread. */
  async function startUnread(env: Record<string, string>) {
    const child = spawn(process.execPath, [program], { env: environment(env) })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    const answer = (id: number | string) =>
      expect
        .poll(() => messages(stdout).find((message) => message.id === id), { timeout: 15_000 })
        .toBeDefined()
    child.stdin.write(`${JSON.stringify(initializeRequest)}\n`)
    await answer('initialize')
    return { child, answer }
  }

  test.each(['warn', 'info', 'debug', 'trace'])(
    'surface 10: at the level %s, thousands of unread log lines do not stop the server',
    async (level) => {
      const { child, answer } = await startUnread({ LITELLM_AGENTS_LOG_LEVEL: level })
      child.stdin.write('bad\n'.repeat(10_000))
      child.stdin.write(`${ping('alive')}\n`)
      await answer('alive')
      child.stdin.end()
      const [code] = await once(child, 'exit')
      expect(code).toBe(0)
    },
  )

  test('surface 10: after SIGUSR2, thousands of unread log lines do not stop the server', async () => {
    const { child, answer } = await startUnread({})
    for (let count = 0; count < 1_000; count++) child.kill('SIGUSR2')
    child.kill('SIGUSR2')
    child.stdin.write('bad\n'.repeat(10_000))
    child.stdin.write(`${ping('alive')}\n`)
    await answer('alive')
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
  })

  test('surface 10: log lines that were dropped are counted once the client reads again', async () => {
    const { child, answer } = await startUnread({})
    const sent = 20_000
    child.stdin.write('bad\n'.repeat(sent))
    child.stdin.write(`${ping('alive')}\n`)
    await answer('alive')
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    await expect.poll(() => stderr, { timeout: 15_000 }).toMatch(/"dropped":\d+/)
    const lines = stderr.split('\n').filter((line) => line !== '')
    const dropped = lines.reduce((sum, line) => sum + (JSON.parse(line).dropped ?? 0), 0)
    const written = lines.filter((line) => JSON.parse(line).dropped === undefined).length
    expect(dropped + written).toBe(sent)
    child.kill('SIGKILL')
  })

  test('surface 10: a client that reads stderr gets every log line', async () => {
    server = startProgram()
    await initialize(server)
    server.child.stdin.write('bad\n'.repeat(5_000))
    server.send({ id: 'alive', method: 'ping' })
    await server.answer('alive')
    await expect
      .poll(() => server?.stderr().split('\n').length, { timeout: 15_000 })
      .toBe(5_000 + 1)
    expect(server.stderr()).not.toContain('dropped')
  })
})
