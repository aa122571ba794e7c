import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configFile } from '../../helpers/config-file.js'
import { type HttpServer, startHttp } from '../../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../../helpers/fake-provider/index.js'
import { callTool, rpc, send } from '../../helpers/http-client.js'
import { modernParams } from '../../helpers/modern-params.js'
import { upstream } from '../../helpers/program.js'

const preload = fileURLToPath(new URL('../../helpers/report-memory.mjs', import.meta.url))
const megabyte = 1024 * 1024

let fake: FakeProvider
let server: HttpServer
let lateSocket: Socket

beforeAll(async () => {
  fake = await startFakeProvider()
  const LITELLM_AGENTS_AUTH_TOKEN = 'a-token-of-the-operator'
  const NODE_OPTIONS = `--import ${preload}`
  server = await startHttp({ ...upstream(fake), LITELLM_AGENTS_AUTH_TOKEN, NODE_OPTIONS })
  // Its time runs while the other tests do.
  lateSocket = await slowSocket()
})
afterAll(async () => {
  lateSocket.destroy()
  await server.stop()
  await fake.close()
})

/** A connection that has begun a request, and goes no further. */
function slowSocket(url = server.url): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  // It may be cut off: that is what is tested.
  socket.on('error', () => {})
  socket.resume()
  return new Promise((resolve) => {
    socket.once('connect', () => {
      socket.write('POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ')
      resolve(socket)
    })
  })
}

async function healthMs(): Promise<number> {
  const start = performance.now()
  expect((await send(new URL('/healthz', server.url))).status).toBe(200)
  return performance.now() - start
}

/** What the server holds once garbage is gone, in bytes. */
async function heldBytes(): Promise<number> {
  const before = server.stderr().length
  process.kill(server.pid, 'SIGWINCH')
  const held = () => /held: (\d+)/.exec(server.stderr().slice(before))?.[1]
  await expect.poll(held, { timeout: 10_000 }).toBeDefined()
  return Number(held())
}

const hello = () => callTool(server, 'run_agent', { prompt: 'Hello' })

test('500 slow connections starve neither the health check nor a run', async () => {
  const sockets = await Promise.all(Array.from({ length: 500 }, () => slowSocket()))
  expect(await healthMs()).toBeLessThan(2_000)
  expect((await hello()).structuredContent.status).toBe('completed')
  for (const socket of sockets) socket.destroy()
})

test('1,000 calls at once all end, the health check answers, and memory comes back', async () => {
  await Promise.all(Array.from({ length: 100 }, hello))
  const before = await heldBytes()
  const startedAt = performance.now()
  const calls = Promise.all(Array.from({ length: 1_000 }, hello))
  // The machine of this test is as busy as the server.
  const [health, results] = await Promise.all([healthMs(), calls])
  expect(health).toBeLessThan(performance.now() - startedAt)
  for (const { structuredContent } of results) expect(structuredContent.status).toBe('completed')
  expect((await heldBytes()) - before).toBeLessThan(30 * megabyte)
}, 30_000)

test('callers who do not read their answers hold no more than these, and only while they are there', async () => {
  const before = await heldBytes()
  const text = 'x'.repeat(2 * megabyte)
  const count = 20
  fake.reset()
  fake.script(...Array.from({ length: count }, () => ({ text })))
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'run_agent', arguments: { prompt: 'Go on' } },
  })
  const head = [
    'POST /mcp HTTP/1.1',
    'Host: 127.0.0.1',
    `Authorization: Bearer ${server.token}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    `Content-Length: ${body.length}`,
  ]
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.pause()
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
    return socket
  })
  await fake.waitFor(
    ({ modelRequests }) => modelRequests.filter(({ finishedAt }) => finishedAt).length === count,
  )
  expect(await healthMs()).toBeLessThan(2_000)
  expect((await heldBytes()) - before).toBeLessThan(count * 20 * megabyte)
  for (const socket of sockets) socket.destroy()
  await expect
    .poll(async () => (await heldBytes()) - before, { timeout: 10_000 })
    .toBeLessThan(30 * megabyte)
}, 30_000)

test('where connections are too many, the oldest idle ones make room', async () => {
  const LITELLM_AGENTS_CONFIG = configFile({ http: { maxConnections: 20 } })
  const small = await startHttp({ LITELLM_AGENTS_CONFIG }, ['--no-auth'])
  const sockets: Socket[] = []
  for (let count = 0; count < 30; count++) sockets.push(await slowSocket(small.url))
  expect((await send(new URL('/healthz', small.url))).status).toBe(200)
  await expect.poll(() => sockets.filter(({ closed }) => closed).length).toBeGreaterThanOrEqual(10)
  expect(sockets.at(-1)?.closed).toBe(false)
  for (const socket of sockets) socket.destroy()
  await small.stop()
})

test('bodies that come in at once hold no more than their share', async () => {
  const maxBodyBytes = 10_000
  const LITELLM_AGENTS_CONFIG = configFile({ http: { maxBodyBytes } })
  const small = await startHttp({ LITELLM_AGENTS_CONFIG }, ['--no-auth'])
  const sockets = Array.from({ length: 66 }, () => {
    const socket = connect(Number(new URL(small.url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.resume()
    const head = `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${maxBodyBytes}`
    socket.write(`${head}\r\n\r\n${' '.repeat(maxBodyBytes - 1)}`)
    return socket
  })
  const ping = () => rpc({ url: small.url, token: '' }, 'ping', { padding: 'x'.repeat(9_000) })
  await expect.poll(async () => (await ping()).status, { timeout: 10_000 }).toBe(503)
  expect((await ping()).headers['retry-after']).toBe('1')
  for (const socket of sockets) socket.destroy()
  await expect.poll(async () => (await ping()).status, { timeout: 10_000 }).toBe(200)
  await small.stop()
})

test('a caller cannot take all event streams there may be', async () => {
  const controllers: AbortController[] = []
  const listen = async () => {
    const controller = new AbortController()
    controllers.push(controller)
    const method = 'subscriptions/listen'
    const params = modernParams({ notifications: { toolsListChanged: true } }, {})
    const reply = await fetch(server.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: controllers.length, method, params }),
      signal: controller.signal,
    })
    return reply.status
  }
  const statuses = await Promise.all(Array.from({ length: 130 }, listen))
  expect(statuses.filter((status) => status === 429)).toHaveLength(2)
  for (const controller of controllers) controller.abort()
  await expect.poll(listen, { timeout: 10_000 }).toBe(200)
  controllers.at(-1)?.abort()
})

test('a client that does not get its headers across in time is cut off', async () => {
  await expect.poll(() => lateSocket.closed, { timeout: 20_000 }).toBe(true)
}, 25_000)
