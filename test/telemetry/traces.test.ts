import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Collector, startCollector, tree } from '../helpers/collector.js'
import { configFile } from '../helpers/config-file.js'
import { connectStdio, type HttpServer, startHttp } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { callTool, rpc } from '../helpers/http-client.js'
import { type Environment, startProgram, testKey, upstream } from '../helpers/program.js'
import { notes, stdioServer } from '../helpers/tool-server/index.js'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const callersSpan = '00f067aa0ba902b7'
const traceparent = `00-${traceId}-${callersSpan}-01`
const planted = 'planted-words-0001'
const token = 'token-of-alice-0123456789'

let fake: FakeProvider
let collector: Collector
let server: HttpServer | undefined
const toolNotes = notes()

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(async () => {
  fake.reset()
  collector = await startCollector()
})
afterEach(async () => {
  await server?.stop()
  server = undefined
  await collector.close()
})

const often = { OTEL_BSP_SCHEDULE_DELAY: '50', OTEL_METRIC_EXPORT_INTERVAL: '200' }

async function start(telemetry: object, env: Environment = {}): Promise<HttpServer> {
  const tools = stdioServer(toolNotes.env)
  const LITELLM_AGENTS_CONFIG = configFile({
    clientArgs: { litellm_proxy: { api_base: fake.url, api_key: testKey, num_retries: 0 } },
    agents: {
      lead: {
        description: 'Leads',
        modelId: 'litellm_proxy/big',
        systemPrompt: planted,
        tools: ['writer', 'things/echo'],
      },
      writer: { description: 'Writes', modelId: 'litellm_proxy/small', tools: ['calculator'] },
    },
    mcpServers: { things: { command: tools.command, args: tools.args, env: tools.env } },
    http: { principals: { alice: { token } } },
    telemetry,
  })
  server = await startHttp({ LITELLM_AGENTS_CONFIG, ...often, ...env }, [], 'none')
  return { ...server, token }
}

const call = (name: string, args: object) => ({ toolCalls: [{ name, arguments: args }] })

function scriptTwoAgents(): void {
  fake.script(
    call('agent_writer', { prompt: planted }),
    call('calculator', { expression: '6*7' }),
    { text: planted },
    call('things__echo', { text: planted }),
    { text: `Done: ${planted}` },
  )
}

async function runLead({ url }: HttpServer, meta: object, headers = {}): Promise<JsonObject> {
  const params = { name: 'run_agent', arguments: { agent: 'lead', prompt: planted }, _meta: meta }
  return (await rpc({ url, token }, 'tools/call', params, headers)).message().result
}

const wholeTree = [
  'tools/call run_agent',
  '  invoke_agent lead',
  '    chat big',
  '    execute_tool agent_writer',
  '      invoke_agent writer',
  '        chat small',
  '        execute_tool calculator',
  '        chat small',
  '    chat big',
  '    execute_tool things/echo',
  '    chat big',
]

/** The first span with each beginning of a name. */
const firstOf = (...names: string[]) =>
  names.map((name) => collector.spans().find((span) => span.name.startsWith(name)))

const sentTraces = () => fake.modelRequests.map(({ headers }) => headers.traceparent)

test('two agents and two tools are one trace, from the caller to the models and the tools', async () => {
  const at = await start({ endpoint: collector.url })
  scriptTwoAgents()
  const result = await runLead(at, { traceparent, tracestate: 'vendor=1' })
  expect(result.structuredContent).toMatchObject({ status: 'completed' })
  await expect.poll(() => collector.spans().length).toBe(wholeTree.length)

  const spans = collector.spans()
  expect(tree(spans, callersSpan)).toEqual(wholeTree)
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]))

  // Each model call carries the id of its own span, and each call of a tool that of the tool's.
  const idsOf = (pattern: RegExp) =>
    spans.filter(({ name }) => pattern.test(name)).map(({ spanId }) => `00-${traceId}-${spanId}-01`)
  expect(sentTraces()).toEqual(idsOf(/^chat /))
  expect(fake.modelRequests.map(({ headers }) => headers.tracestate)).toEqual(
    Array(5).fill('vendor=1'),
  )
  expect(toolNotes.lines()).toContain(`trace ${idsOf(/things\/echo/)[0]}`)
})

test('what is noted follows the conventions, and is no word of what was said', async () => {
  const at = await start({ endpoint: collector.url })
  scriptTwoAgents()
  await runLead(at, { traceparent })
  await expect.poll(() => collector.spans().length).toBe(wholeTree.length)

  const [request, run, chat, tool] = firstOf(
    'tools/call',
    'invoke_agent lead',
    'chat big',
    'execute_tool agent',
  )
  expect(request).toMatchObject({
    kind: 2,
    attributes: {
      'mcp.method.name': 'tools/call',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'run_agent',
      'network.transport': 'tcp',
      'jsonrpc.request.id': '1',
      'enduser.id': 'alice',
    },
  })
  expect(run).toMatchObject({
    kind: 1,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'lead',
      'gen_ai.provider.name': 'litellm_proxy',
      'gen_ai.request.model': 'big',
      'litellm_agents.cycles': 3,
      'litellm_agents.stop_reason': 'endTurn',
    },
  })
  expect(run?.attributes['gen_ai.usage.input_tokens']).toBeGreaterThan(0)
  expect(chat).toMatchObject({
    kind: 3,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'big',
      'gen_ai.request.stream': true,
      'gen_ai.response.finish_reasons': ['toolUse'],
    },
  })
  expect(chat?.attributes['gen_ai.usage.output_tokens']).toBeGreaterThan(0)
  expect(tool).toMatchObject({
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'agent_writer',
    },
  })
  await expect.poll(() => collector.points('litellm_agents.run.queue_time')).not.toEqual([])
  for (const secret of [planted, token, testKey]) expect(collector.raw()).not.toContain(secret)
})

test('prompts, answers, arguments and results stand in spans where the operator says so', async () => {
  const at = await start({ endpoint: collector.url, recordContent: true })
  scriptTwoAgents()
  await runLead(at, {})
  await expect.poll(() => collector.spans().length).toBe(wholeTree.length)
  const [chat, tool] = firstOf('chat big', 'execute_tool agent')
  const parsed = (key: string, span = chat) => JSON.parse(span?.attributes[`gen_ai.${key}`])
  expect(parsed('system_instructions')).toEqual([{ type: 'text', content: planted }])
  expect(parsed('input.messages')).toEqual([
    { role: 'user', parts: [{ type: 'text', content: planted }] },
  ])
  expect(parsed('output.messages')).toMatchObject([
    { role: 'assistant', parts: [{ type: 'tool_call', name: 'agent_writer' }] },
  ])
  expect(parsed('tool.call.arguments', tool)).toEqual({ prompt: planted })
  expect(parsed('tool.call.result', tool)).toEqual([planted])
  expect(collector.raw()).not.toContain(testKey)
})

test('a failure is told by its code alone, and counted', async () => {
  const at = await start({ endpoint: collector.url })
  fake.script({ raw: { status: 401, body: { error: { message: `Bad key, ${planted}` } } } })
  await runLead(at, {})
  await callTool(at, 'run_agent', { agent: 'nobody', prompt: planted })
  await expect.poll(() => collector.spans().length).toBe(4)
  expect(
    collector
      .spans()
      .map(({ name, failed, attributes }) => [name, failed, attributes['error.type']]),
  ).toEqual(
    expect.arrayContaining([
      ['tools/call run_agent', true, 'tool_error'],
      ['invoke_agent lead', true, 'authentication'],
      ['chat big', true, 'authentication'],
    ]),
  )
  await expect
    .poll(() => collector.points('litellm_agents.errors').map(({ attributes }) => attributes))
    .toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          'gen_ai.operation.name': 'chat',
          'error.type': 'authentication',
        }),
        expect.objectContaining({ 'mcp.method.name': 'tools/call' }),
      ]),
    )
  expect(collector.raw()).not.toContain(planted)
})

test('a caller’s trace in HTTP headers is gone on with too', async () => {
  const at = await start({ endpoint: collector.url })
  fake.script({ text: 'Done' })
  await runLead(at, {}, { traceparent })
  await expect.poll(() => collector.spans().length).toBe(3)
  expect(tree(collector.spans(), callersSpan)).toEqual(wholeTree.slice(0, 3))
})

test('a caller who is not traced is not, and what is no trace is none', async () => {
  const at = await start({ endpoint: collector.url })
  await runLead(at, { traceparent: `00-${traceId}-${callersSpan}-00` })
  await runLead(at, { traceparent: '00-nonsense' })
  await expect.poll(() => collector.spans().length).toBe(3)
  for (const span of collector.spans()) expect(span.traceId).not.toBe(traceId)
  expect(sentTraces()[0]).toMatch(new RegExp(`^00-${traceId}-\\w{16}-00$`))
})

test('without telemetry a caller’s trace goes past us, as it came', async () => {
  const at = await start(
    {},
    { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
  )
  scriptTwoAgents()
  await runLead(at, { traceparent, tracestate: 'vendor=1' })
  expect(sentTraces()).toEqual(Array(5).fill(traceparent))
  expect(toolNotes.lines()).toContain(`trace ${traceparent}`)
  fake.reset()
  await runLead(at, {})
  expect(sentTraces()).toEqual([undefined])
  expect(collector.raw()).toBe('')
})

test('over stdio, by the environment alone; what is left is sent when the client goes', async () => {
  const client = await connectStdio('2026', {
    ...upstream(fake),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  })
  await client.call('run_agent', { prompt: 'Go' })
  await client.close()
  await expect.poll(() => collector.spans().length).toBe(3)
  expect(tree(collector.spans(), undefined)).toEqual([
    'tools/call run_agent',
    '  invoke_agent',
    '    chat gpt-4o-mini',
  ])
  const [request] = firstOf('tools/call')
  expect(request?.attributes['network.transport']).toBe('pipe')
  // A provider is told which trace it is, and nothing that vendors noted in it.
  expect(sentTraces()[0]).toContain(request?.traceId)
  expect(collector.points('gen_ai.client.token.usage').length).toBeGreaterThan(0)
})

test('a collector that is away harms nobody, and is complained of once', async () => {
  const program = startProgram(['http', '--port', '0', '--no-auth'], {
    ...upstream(fake),
    ...often,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_TIMEOUT: '200',
  })
  const [, url] = await program.until('stderr', /Listening on (\S+)/)
  const server = { url: url as string, token: '' }
  for (let run = 0; run < 3; run++) {
    const { structuredContent } = await callTool(server, 'run_agent', { prompt: 'Go' })
    expect(structuredContent.status).toBe('completed')
  }
  await program.until('stderr', /telemetry has a problem/)
  program.child.kill('SIGTERM')
  expect((await program.exited()).ms).toBeLessThan(8_000)
})
