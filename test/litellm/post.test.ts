import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { post } from '../../src/litellm/http/post.js'
import { connectStdio } from '../helpers/connect.js'

/* How requests go out: their connections, and what may be in them. Replies: test/properties/http.test.ts. */

const signal = new AbortController().signal
const ok = (body: string) =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** A server that answers each request by hand. */
async function serve(answer: (socket: Socket, request: string) => void) {
  const sockets: Socket[] = []
  const requests: string[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      requests.push(String(bytes))
      answer(socket, String(bytes))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: new URL(`http://127.0.0.1:${port}/v1/chat?key=a%20b`), sockets, requests }
}

const ask = async (url: URL, headers: Record<string, string> = {}) =>
  (await post(url, { headers, body: '{}', signal })).text()

test('a connection is kept for the next request, and a request is one write', async () => {
  const { url, sockets, requests } = await serve((socket) => socket.write(ok('yes')))
  for (let call = 0; call < 3; call++) expect(await ask(url, { 'X-Name': 'Zürich' })).toBe('yes')
  expect(sockets).toHaveLength(1)
  expect(requests[0]).toContain('POST /v1/chat?key=a%20b HTTP/1.1\r\nhost: 127.0.0.1:')
  expect(requests[0]).toMatch(/\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\n\{\}$/)
})

test('as many connections as there are requests at once', async () => {
  const waiting: Socket[] = []
  const { url, sockets } = await serve((socket) => {
    waiting.push(socket)
    if (waiting.length === 3) for (const one of waiting) one.write(ok('all'))
  })
  expect(await Promise.all([ask(url), ask(url), ask(url)])).toEqual(['all', 'all', 'all'])
  expect(sockets).toHaveLength(3)
})

test.each([
  [
    'says it closes',
    (socket: Socket) =>
      socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\nx`),
  ],
  [
    'closes it soon',
    (socket: Socket) => socket.write(ok('x').replace('\r\n', '\r\nkeep-alive: timeout=1\r\n')),
  ],
  [
    'says more than it was asked',
    (socket: Socket) => socket.write(`${ok('x')}HTTP/1.1 200 OK\r\n\r\n`),
  ],
])('a connection whose server %s is not used again', async (_, answer) => {
  const { url, sockets } = await serve(answer)
  expect(await ask(url)).toBe('x')
  expect(await ask(url)).toBe('x')
  expect(sockets).toHaveLength(2)
})

test('a connection that was closed while it was idle is not used', async () => {
  const { url, sockets } = await serve((socket) => socket.write(ok('x')))
  expect(await ask(url)).toBe('x')
  sockets[0]?.end()
  await sleep(50)
  expect(await ask(url)).toBe('x')
  expect(sockets).toHaveLength(2)
})

test('an abort ends the connection, before the head and in the middle of a body', async () => {
  const { url, sockets } = await serve((socket, request) => {
    if (request.includes('x-begin'))
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf')
  })
  for (const headers of [{}, { 'x-begin': '1' }] as Record<string, string>[]) {
    const cancel = new AbortController()
    const asked = post(url, { headers, body: '{}', signal: cancel.signal })
    const text = asked.then((reply) => reply.text())
    await expect.poll(() => sockets.length).toBeGreaterThan(0)
    await sleep(30)
    cancel.abort('Enough.')
    await expect(text).rejects.toBe('Enough.')
    await expect.poll(() => sockets.every((socket) => socket.destroyed)).toBe(true)
  }
})

test('a slow reader holds the server back', async () => {
  const pieces = 400
  const piece = 'x'.repeat(65_536)
  const { url, sockets } = await serve((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${pieces * piece.length}\r\n\r\n`)
    for (let sent = 0; sent < pieces; sent++) socket.write(piece)
  })
  const reply = await post(url, { headers: {}, body: '{}', signal })
  await sleep(300)
  expect(sockets[0]?.writableLength).toBeGreaterThan(pieces * piece.length * 0.5)
  let length = 0
  for await (const text of reply.pieces()) length += text.length
  expect(length).toBe(pieces * piece.length)
})

test.each([
  ['X-A', 'b\r\nX-Evil: 1'],
  ['X-A\r\nX-Evil', '1'],
  ['X-A', 'snow ☃'],
])('a header that could end its line is not sent: %j: %j', async (name, value) => {
  const { url, requests } = await serve((socket) => socket.write(ok('x')))
  await expect(ask(url, { [name]: value })).rejects.toMatchObject({ code: 'ERR_INVALID_CHAR' })
  expect(requests).toEqual([])
})

test('what tells where the request ends is not the caller’s to say', async () => {
  const { url, requests } = await serve((socket) => socket.write(ok('x')))
  await ask(url, { 'Content-Length': '999', 'transfer-encoding': 'chunked', connection: 'close' })
  expect(requests[0]).not.toMatch(/999|chunked|close/)
})

const tls = (name: string) =>
  fileURLToPath(new URL(`../fixtures/tls/localhost.${name}`, import.meta.url))

test('over TLS, to whom the certificates of the system vouch for', async () => {
  let connections = 0
  const completion = JSON.stringify({
    model: 'm',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'Safe.' }, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  })
  const server = createTlsServer(
    { cert: readFileSync(tls('crt')), key: readFileSync(tls('key')) },
    (socket) => {
      connections++
      socket.on('error', () => {})
      socket.on('data', () =>
        socket.write(ok(completion).replace('\r\n', '\r\ncontent-type: application/json\r\n')),
      )
    },
  )
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const env = {
    OPENAI_API_BASE: `https://localhost:${port}/v1`,
    OPENAI_API_KEY: 'sk-test-0123456789',
    LITELLM_AGENTS_MODEL_ID: 'openai/m',
  }
  const trusting = await connectStdio('2026', { ...env, NODE_EXTRA_CA_CERTS: tls('crt') })
  for (let call = 0; call < 2; call++) {
    const { structuredContent } = await trusting.call('run_agent', { prompt: 'Hi' })
    expect(structuredContent).toMatchObject({ status: 'completed', text: 'Safe.' })
  }
  await trusting.close()
  expect(connections).toBe(1)

  const wary = await connectStdio('2026', env)
  const { structuredContent } = await wary.call('run_agent', { prompt: 'Hi' })
  expect(structuredContent.error).toMatchObject({
    code: 'connection',
    message: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT'),
    hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  })
  await wary.close()
  expect(connections).toBe(1)
})
