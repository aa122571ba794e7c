import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { rpc } from '../helpers/http-client.js'
import { type LiteLLMProxy, startLiteLLMProxy } from '../helpers/litellm-proxy.js'

/** Prints what the proxy itself keeps of each call, as its spend logs and its integrations get it. */
const logger = `
import json
from litellm.integrations.custom_logger import CustomLogger

class Logger(CustomLogger):
    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        payload = kwargs["standard_logging_object"]
        headers = (kwargs["litellm_params"].get("proxy_server_request") or {}).get("headers") or {}
        print("KEPT " + json.dumps({
            "model": payload["model_group"],
            "tags": payload["request_tags"],
            "user": payload["end_user"],
            "session": payload["trace_id"],
            "traceparent": headers.get("traceparent"),
            "tracestate": headers.get("tracestate"),
        }), flush=True)

logger = Logger()
`

const token = 'token-of-alice-0123456789'
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`

let fake: FakeProvider
let proxy: LiteLLMProxy
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  proxy = await startLiteLLMProxy({
    provider: fake,
    files: { 'own_logger.py': logger },
    extraConfig: { litellm_settings: { callbacks: ['own_logger.logger'] } },
  })
  server = await serve({})
})
afterAll(async () => {
  await server.stop()
  await proxy.stop()
  await fake.close()
})
beforeEach(() => fake.reset())

function serve(telemetry: object, clientArgs: object = {}): Promise<HttpServer> {
  const LITELLM_AGENTS_CONFIG = configFile({
    clientArgs: { litellm_proxy: { api_base: proxy.url, api_key: proxy.key, ...clientArgs } },
    agents: {
      lead: { description: 'Leads', modelId: 'litellm_proxy/gpt', tools: ['helper'] },
      helper: { description: 'Helps', modelId: 'litellm_proxy/claude' },
    },
    http: { principals: { alice: { token } } },
    telemetry,
  })
  return startHttp({ LITELLM_AGENTS_CONFIG }, [], 'none')
}

/** What the proxy kept of the calls of one run, in order of their end. */
async function kept(at: HttpServer, args: object, calls: number): Promise<JsonObject[]> {
  const before = lines().length
  const params = {
    name: 'run_agent',
    arguments: { prompt: 'Go', agent: 'lead', ...args },
    _meta: { traceparent, tracestate: 'vendor=1' },
  }
  const { result } = (await rpc({ url: at.url, token }, 'tools/call', params)).message()
  expect(result.structuredContent.status).toBe('completed')
  await expect.poll(() => lines().length, { timeout: 10_000 }).toBe(before + calls)
  return lines().slice(before)
}

const lines = (): JsonObject[] =>
  [...proxy.log().matchAll(/^KEPT (.*)$/gm)].map(([, json]) => JSON.parse(json as string))

test('the proxy keeps who, which agent and which session it was, and the trace', async () => {
  fake.script(
    { toolCalls: [{ name: 'agent_helper', arguments: { prompt: 'Help' } }] },
    { text: 'Helped' },
    { text: 'Done' },
  )
  const calls = await kept(server, { sessionId: 'mine' }, 3)
  const common = { user: 'alice', traceparent, tracestate: 'vendor=1' }
  const lead = {
    ...common,
    model: 'gpt',
    tags: expect.arrayContaining(['tool:run_agent', 'agent:lead']),
  }
  const helper = { ...common, model: 'claude', tags: expect.arrayContaining(['agent:helper']) }
  expect(calls).toMatchObject([lead, helper, lead])
  // A session's name is its caller's; the proxy is given a digest that is the same each time.
  const [first, second, third] = calls.map(({ session }) => session)
  expect(first).toMatch(/^[0-9a-f]{32}$/)
  expect(third).toBe(first)
  expect(second).not.toBe(first)
  const [again] = await kept(server, { sessionId: 'mine' }, 1)
  expect(again?.session).toBe(first)
})

test('on Anthropic’s wire too', async () => {
  const anthropic = await serve({}, { wire: 'anthropic' })
  const [call] = await kept(anthropic, { agent: 'helper' }, 1)
  await anthropic.stop()
  expect(call).toMatchObject({
    user: 'alice',
    tags: expect.arrayContaining(['agent:helper']),
    traceparent,
  })
})

test('what the operator’s arguments say goes before it', async () => {
  const own = { user: 'team-7', metadata: { tags: ['theirs'] }, litellm_session_id: 'fixed' }
  const at = await serve({}, own)
  const [call] = await kept(at, {}, 1)
  await at.stop()
  expect(call).toMatchObject({ user: 'team-7', session: 'fixed' })
  expect(call?.tags).toContain('theirs')
  expect(call?.tags).not.toContain('agent:lead')
})

test('nothing of it is told where the operator wants that, nor to providers', async () => {
  const silent = await serve({ spendFields: false })
  const [call] = await kept(silent, {}, 1)
  await silent.stop()
  expect(call?.user).not.toBe('alice')
  expect(call?.tags).not.toContain('agent:lead')
  // The proxy keeps tags and sessions to itself.
  await kept(server, {}, 1)
  const body = JSON.stringify(fake.modelRequests.at(-1)?.body)
  expect(body).not.toMatch(/agent:lead|litellm_session_id/)
})
