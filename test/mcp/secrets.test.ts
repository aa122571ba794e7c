import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { rpc } from '../helpers/http-client.js'
import { notes, stdioServer } from '../helpers/tool-server/index.js'

/** One for each way in; none may come out again where it has no business. */
const secrets = {
  environmentKey: 'env-key-planted-0001',
  configuredKey: 'file-key-planted-0002',
  callersToken: 'caller-token-planted-0003',
  toolServersToken: 'tool-token-planted-0004',
  header: 'sk-header-planted-0005',
  prompt: 'prompt-planted-0006',
  systemPrompt: 'system-planted-0007',
  toolArgument: 'argument-planted-0008',
  /** A foreign key that an upstream quotes. */
  upstreamKey: 'sk-live-upstream-planted-0009',
  upstreamPassword: 'pass-planted-0010',
}
const { prompt, systemPrompt, toolArgument } = secrets
/** What a caller said is theirs to see again, in what they are answered. */
const callersOwn = [prompt, systemPrompt, toolArgument]

let fake: FakeProvider
let server: HttpServer
const toolNotes = notes()

beforeAll(async () => {
  fake = await startFakeProvider()
  const tools = stdioServer({ ...toolNotes.env, TOOL_SERVER_TOKEN: secrets.toolServersToken })
  const LITELLM_AGENTS_CONFIG = configFile({
    defaults: { modelId: 'openai/gpt-4o-mini' },
    clientArgs: {
      openai: { api_base: `${fake.url}/v1`, api_key: secrets.configuredKey, num_retries: 0 },
    },
    allow: { tools: ['things/*'] },
    mcpServers: { things: { command: tools.command, args: tools.args, env: tools.env } },
    http: { principals: { alice: { token: secrets.callersToken } } },
  })
  const env = { LITELLM_AGENTS_CONFIG, ANTHROPIC_API_KEY: secrets.environmentKey }
  server = await startHttp(env, [], 'none')
})
afterAll(async () => {
  await server.stop()
  await fake.close()
})

async function call(args: JsonObject): Promise<JsonObject> {
  const reply = await rpc(
    { url: `${server.url}?key=${secrets.header}`, token: secrets.callersToken },
    'tools/call',
    { name: 'run_agent', arguments: { prompt, systemPrompt, ...args } },
    { 'x-api-key': secrets.header, cookie: `session=${secrets.header}` },
  )
  return reply.message().result
}

function expectNone(text: string, of: readonly string[]): void {
  for (const secret of of) expect(text).not.toContain(secret)
}

const all = Object.values(secrets)
const notOurs = all.filter((secret) => !callersOwn.includes(secret))

describe('a secret planted in every input', () => {
  test('comes out of no run that succeeds, and no _meta', async () => {
    fake.script(
      { toolCalls: [{ name: 'things__echo', arguments: { text: toolArgument } }] },
      { text: 'Done' },
    )
    const result = await call({ tools: ['things/echo'] })
    expect(result.structuredContent.status).toBe('completed')
    expect(JSON.stringify(fake.modelRequests.at(-1)?.body)).toContain(toolArgument)
    expectNone(JSON.stringify(result), all)
  })

  const quoted = `Incorrect key ${secrets.configuredKey}, not ${secrets.upstreamKey}, Bearer ${secrets.callersToken}, see https://user:${secrets.upstreamPassword}@vault.example/x and ${secrets.environmentKey}`
  const failures: [string, object][] = [
    ['401 as JSON', { raw: { status: 401, body: { error: { message: quoted } } } }],
    ['400 as JSON', { raw: { status: 400, body: { error: { message: quoted } } } }],
    ['502 as text', { raw: { status: 502, body: `<html>${quoted}</html>` } }],
    ['an event in the stream', { rawEvents: [`data: {"error":{"message":"${quoted}"}}\n\n`] }],
  ]
  test.each(failures)('comes out of no error: %s', async (_, step) => {
    fake.reset()
    fake.script(step)
    const result = await call({})
    expect(result.isError).toBe(true)
    expectNone(JSON.stringify(result), notOurs)
    expectNone(JSON.stringify(result._meta), all)
  })

  test('comes out of no refusal', async () => {
    const results = await Promise.all([
      call({ modelId: `openai/${secrets.configuredKey}`, params: { metadata: secrets.header } }),
      call({ agent: secrets.configuredKey }),
      call({ tools: [secrets.toolServersToken] }),
    ])
    for (const result of results) {
      expect(result.isError).toBe(true)
      expectNone(JSON.stringify(result), notOurs)
    }
  })

  test('is in no line of the log', async () => {
    await expect.poll(server.stderr).toContain('"msg":"run ended"')
    await expect
      .poll(server.stderr)
      .toMatch(
        /"method":"POST","path":"\/mcp","status":200,"ms":\d+,"principal":"alice","bytes":\d+.*"msg":"request"/,
      )
    expectNone(server.stderr(), all)
  })
})
