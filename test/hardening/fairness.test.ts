import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { AgentError } from '../../src/agent/errors.js'
import { PromptMemory } from '../../src/runs/in-process/prompt-memory.js'
import { FairShare } from '../../src/util/fair-share.js'
import { configFile } from '../helpers/config-file.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import { spec } from '../helpers/engine.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { callTool, rpc, send } from '../helpers/http-client.js'
import { upstream } from '../helpers/program.js'

const tokens = { alice: 'alice-0123456789abcdef', bob: 'bob-0123456789abcdef' }
const maxBodyBytes = 100_000

let fake: FakeProvider
let server: HttpServer
let sockets: Socket[] = []

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())

beforeEach(async () => {
  fake.reset()
  const LITELLM_AGENTS_CONFIG = configFile({
    http: {
      principals: { alice: { token: tokens.alice }, bob: { token: tokens.bob } },
      maxConnections: 200,
      maxBodyBytes,
    },
    runs: { maxConcurrent: 1, maxQueued: 4 },
  })
  server = await startHttp({ ...upstream(fake), LITELLM_AGENTS_CONFIG }, [], 'none')
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets = []
  await server.stop()
})

const as = (name: keyof typeof tokens) => ({ url: server.url, token: tokens[name] })
const start = async (name: keyof typeof tokens, prompt = 'x') =>
  (await callTool(as(name), 'run_agent', { prompt, waitSeconds: 0 })).structuredContent

/** Sends a POST of a principal whose body lacks its last byte. */
function unfinished(name: keyof typeof tokens): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.resume()
  sockets.push(socket)
  const body = Buffer.alloc(maxBodyBytes - 1, 0x20)
  const head = `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${tokens[name]}\r\nContent-Type: application/json\r\nContent-Length: ${maxBodyBytes}\r\n\r\n`
  return new Promise((resolve) => {
    socket.once('close', () => resolve(socket))
    socket.once('connect', () => {
      socket.write(head)
      socket.write(body, () => resolve(socket))
    })
  })
}

async function othersAreServed(): Promise<void> {
  expect((await send(new URL('/healthz', server.url))).status).toBe(200)
  expect((await send(new URL('/readyz', server.url))).status).toBe(200)
  expect((await rpc(as('bob'), 'tools/list')).status).toBe(200)
}

test('hardening 4a: the longest line gives way when the queue is full', async () => {
  fake.script({ end: 'hang', text: 'Hi' })
  const runs = []
  for (let count = 0; count < 5; count++) runs.push(await start('alice'))
  expect(runs.map(({ status }) => status)).toEqual(Array(5).fill('running'))
  expect((await start('alice')).error).toMatchObject({ code: 'rateLimit', retryable: true })
  const bobs = await start('bob')
  expect(bobs.runId).toBeDefined()
  const { runId } = runs[4] ?? {}
  const last = await callTool(as('alice'), 'get_run', { runId })
  expect(last.structuredContent.error).toMatchObject({ code: 'rateLimit', retryable: true })
  await othersAreServed()
})

test('hardening 4b: waiting calls of one principal leave room for others', async () => {
  fake.script({ end: 'hang', text: 'Hi' })
  const { runId } = await start('alice')
  const wait = () =>
    rpc(as('alice'), 'tools/call', { name: 'get_run', arguments: { runId, waitSeconds: 600 } })
  const statuses: number[] = []
  const waiting = Array.from({ length: 150 }, () =>
    wait().then(
      ({ status }) => statuses.push(status),
      () => {},
    ),
  )
  await expect.poll(() => statuses.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(50)
  expect(new Set(statuses)).toEqual(new Set([429]))
  await othersAreServed()
  expect((await start('bob')).runId).toBeDefined()
  fake.reset()
  await server.stop()
  await Promise.all(waiting)
})

test('hardening 4c: unfinished bodies of one principal leave room for others', async () => {
  await Promise.all(Array.from({ length: 80 }, () => unfinished('alice')))
  await othersAreServed()
  expect((await start('bob', 'x'.repeat(90_000))).runId).toBeDefined()
})

test('hardening 4d: long prompts of one principal leave memory for others', () => {
  const memory = new PromptMemory(64 * 1024 * 1024)
  const prompt = [{ text: 'x'.repeat(4 * 1024 * 1024) }]
  const take = (principal: string) => memory.take({ ...spec({ principal }), prompt })
  const ends = Array.from({ length: 8 }, () => take('alice'))
  expect(() => take('alice')).toThrow(AgentError)
  take('bob')
  ends[0]?.()
  take('alice')
  expect(() => take('alice')).toThrow(AgentError)
})

describe('shares', () => {
  test('one principal gets at most half, and every other something', () => {
    const share = new FairShare(10)
    const taken = (name: string) =>
      Array.from({ length: 10 }, () => share.take(name)).filter(Boolean)
    expect(taken('alice')).toHaveLength(5)
    expect(taken('bob')).toHaveLength(4)
    expect(taken('carol')).toHaveLength(1)
    share.giveBack('alice')
    share.giveBack('alice')
    expect(share.take('dave')).toBe(true)
    expect(share.take('alice')).toBe(false)
  })

  test('the guaranteed amount is always free', () => {
    const share = new FairShare(100, 20)
    expect(share.take('alice', 50)).toBe(true)
    expect(share.take('bob', 40)).toBe(true)
    expect(share.take('bob', 1)).toBe(false)
    expect(share.take('carol', 20)).toBe(true)
    expect(share.take('carol', 1)).toBe(false)
  })
})
