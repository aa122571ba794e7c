import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import { callTool, send } from '../helpers/http-client.js'

const piece = 'x'.repeat(60_000)
const event = (delta: object) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta }], model: 'm' })}\n\n`
const call = (args: string) => ({
  tool_calls: [{ index: 0, id: 'a', function: { name: 'calculator', arguments: args } }],
})
const stream = { status: 200, type: 'text/event-stream' }

/** What a provider sends first, and then again and again until its connection is closed. */
const attacks: Record<string, { status: number; type: string; start?: string; more: string }> = {
  text: { ...stream, more: event({ content: piece }) },
  arguments: { ...stream, start: event(call('{"expression":"')), more: event(call(piece)) },
  reasoning: { ...stream, more: event({ reasoning_content: piece }) },
  line: { ...stream, start: 'data: ', more: piece },
  json: { status: 200, type: 'application/json', start: '{"choices":"', more: piece },
  error: { status: 400, type: 'application/json', start: '{"error":"', more: piece },
  comments: { ...stream, more: `: ${piece}\n\n` },
}

let provider: Server
let server: HttpServer

beforeAll(async () => {
  provider = createServer(async (request, response) => {
    let body = ''
    for await (const part of request.setEncoding('utf8')) body += part
    const attack = attacks[JSON.parse(body).model]
    if (!attack)
      return void response.end(JSON.stringify({ choices: [{ message: { content: 'Hi' } }] }))
    response.writeHead(attack.status, { 'content-type': attack.type })
    if (attack.start) response.write(attack.start)
    await flood(response, attack.more)
  }).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  const { port } = provider.address() as AddressInfo
  const env = {
    OPENAI_API_KEY: 'sk-test-hardening',
    OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
    NODE_OPTIONS: '--max-old-space-size=256',
  }
  server = await startHttp(env, ['--no-auth'])
})
afterAll(async () => {
  await server.stop()
  provider.closeAllConnections()
  provider.close()
})

async function flood(response: ServerResponse, more: string): Promise<void> {
  while (!response.destroyed)
    if (!response.write(more))
      await Promise.race([once(response, 'drain'), once(response, 'close')]).catch(() => {})
}

test.each(Object.keys(attacks))(
  'hardening 11: endless %s',
  async (model) => {
    const run = callTool(server, 'run_agent', { prompt: 'x', modelId: `openai/${model}` })
    const other = callTool(server, 'run_agent', { prompt: 'x', modelId: 'openai/good' })
    expect((await other).structuredContent.text).toBe('Hi')
    expect((await send(new URL('/healthz', server.url))).status).toBe(200)
    const { error } = (await run).structuredContent
    expect(error.code).toBe(model === 'error' ? 'invalidRequest' : 'providerError')
    expect(error.retryable).toBe(false)
  },
  60_000,
)
