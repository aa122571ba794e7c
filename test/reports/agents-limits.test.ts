import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Connection, connect } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { upstream } from '../helpers/program.js'

let fake: FakeProvider
let client: Connection
let proxy: Connection
let info: Server

/** A proxy that serves prices, and forwards everything else to the fake provider. */
function proxyWithPrices(): Promise<Server> {
  const data = [
    {
      model_name: 'smollm',
      litellm_params: { model: 'openai/smollm2' },
      model_info: { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 },
    },
  ]
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/v1/model/info')) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }))
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const upstreamReply = await fetch(`${fake.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer sk-test-0123456789' },
        body: Buffer.concat(chunks),
      })
      response.writeHead(upstreamReply.status, {
        'content-type': upstreamReply.headers.get('content-type') ?? '',
      })
      response.end(Buffer.from(await upstreamReply.arrayBuffer()))
    })
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

beforeAll(async () => {
  fake = await startFakeProvider()
  info = await proxyWithPrices()
  client = await connect('2026', 'stdio', upstream(fake))
  proxy = await connect('2026', 'stdio', {
    LITELLM_AGENTS_MODEL_ID: 'litellm_proxy/smollm',
    LITELLM_PROXY_API_BASE: `http://127.0.0.1:${(info.address() as AddressInfo).port}`,
    LITELLM_PROXY_API_KEY: 'sk-test-0123456789',
  })
})
afterAll(async () => {
  await client.close()
  await proxy.close()
  await fake.close()
  info.close()
})
beforeEach(() => fake.reset())

const prompt = 'Write a very long story about a lighthouse.'

test.each([
  ['maxOutputTokens', { maxOutputTokens: 30 }, 30],
  ['maxTotalTokens', { maxTotalTokens: 100 }, 100],
] as const)('realmodel 2: %s is sent as the output limit of the call', async (_, limits, most) => {
  fake.script({ text: 'Once' })
  await client.call('run_agent', { prompt, limits })
  const { max_tokens, max_completion_tokens } = fake.modelRequests[0]?.body ?? {}
  const sent = max_tokens ?? max_completion_tokens
  expect(sent).toBeGreaterThan(0)
  expect(sent).toBeLessThanOrEqual(most)
})

test('realmodel 2: maxCostUsd bounds a call by the prices that the proxy reports', async () => {
  fake.script({ text: 'Once' })
  await proxy.call('run_agent', { prompt, limits: { maxCostUsd: 0.0001 } })
  const sent = fake.modelRequests[0]?.body.max_tokens
  expect(sent).toBeGreaterThan(0)
  expect(sent).toBeLessThanOrEqual(50)
})

test('realmodel 2: a run that used more than a limit reports limitReached', async () => {
  const usage = { prompt_tokens: 20, completion_tokens: 844, total_tokens: 864 }
  fake.script({ text: 'Once upon a time.', usage })
  const result = await client.call('run_agent', { prompt, limits: { maxTotalTokens: 100 } })
  expect(result.structuredContent).toMatchObject({
    status: 'completed',
    text: expect.stringContaining('Once upon a time.'),
    stopReason: 'limitReached',
    limit: { name: 'maxTotalTokens', max: 100, spent: 864 },
  })
})

test('realmodel 2: an answer cut off at a token limit ends with limitReached', async () => {
  const usage = { prompt_tokens: 20, completion_tokens: 30, total_tokens: 50 }
  fake.script({ text: 'Once upon', usage, stopReason: 'length' })
  const result = await client.call('run_agent', { prompt, limits: { maxOutputTokens: 30 } })
  expect(result.structuredContent).toMatchObject({
    stopReason: 'limitReached',
    text: expect.stringContaining('Once upon'),
    limit: { name: 'maxOutputTokens', max: 30, spent: 30 },
  })
})

test('realmodel 2: nothing is sent if even the input of the first call exceeds a limit', async () => {
  const result = await client.call('run_agent', {
    prompt: 'word '.repeat(2_000),
    limits: { maxTotalTokens: 100 },
  })
  expect(result.isError).toBe(true)
  expect(result.structuredContent.error).toMatchObject({ code: 'limitReached' })
  expect(fake.modelRequests).toEqual([])
})
