import { afterAll, beforeAll, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { rpc, send } from '../helpers/http-client.js'
import { upstream } from '../helpers/program.js'
import { trusting } from '../helpers/trust.js'

const tokens = { alice: 'alice-0123456789abcdef', bob: 'bob-0123456789abcdef' }
/** In full, the load takes a while: it is 4 GB of prompts. */
const count = trusting ? 1_000 : 60
const atOnce = 10

let fake: FakeProvider
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  const LITELLM_AGENTS_CONFIG = configFile({
    http: { principals: { alice: { token: tokens.alice }, bob: { token: tokens.bob } } },
  })
  const NODE_OPTIONS = '--max-old-space-size=256'
  server = await startHttp({ ...upstream(fake), LITELLM_AGENTS_CONFIG, NODE_OPTIONS }, [], 'none')
})
afterAll(async () => {
  await server.stop()
  await fake.close()
})

test(`hardening 4d: a heap of 256 MB survives ${count} runs with prompts of 4 MB`, async () => {
  const start = async (name: keyof typeof tokens, prompt: string) => {
    const args = { prompt, waitSeconds: 0 }
    const reply = await rpc({ url: server.url, token: tokens[name] }, 'tools/call', {
      name: 'run_agent',
      arguments: args,
    })
    if (reply.status !== 200) return reply.json().error.data.code
    const { error, status } = reply.message().result.structuredContent
    return error?.code ?? status
  }
  fake.script(...Array.from({ length: count }, () => ({ text: 'Hi', end: 'hang' as const })))
  const prompt = 'x'.repeat(4_000_000)
  const seen = new Map<string, number>()
  for (let sent = 0; sent < count; sent += atOnce) {
    const starts = Array.from({ length: atOnce }, () => start('alice', prompt))
    for (const outcome of await Promise.all(starts)) seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
  }
  expect([...seen.keys()].sort()).toEqual(['rateLimit', 'running'])
  expect((await send(new URL('/healthz', server.url))).status).toBe(200)
  expect(await start('bob', 'Hello')).toBe('running')
}, 600_000)
