import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Collector, startCollector } from '../helpers/collector.js'
import { configFile, temporaryFolder } from '../helpers/config-file.js'
import { type Connection, connectStdio, type HttpServer, startHttp } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { type FileServer, file, startFileServer } from '../helpers/file-server.js'
import { rpc } from '../helpers/http-client.js'
import { type Issuer, startIssuer } from '../helpers/issuer.js'
import { testKey } from '../helpers/program.js'
import { startHttpServer } from '../helpers/tool-server/index.js'
import { type PrivateAuthority, privateAuthority, startTls } from './certificates.js'
import { startProxy, type TestProxy } from './http-proxy.js'

/*
 * The program runs with every way out closed but the one to the proxy: a preloaded module refuses all
 * other connections and all look-ups of names. So whatever works went through the proxy.
 */

const refuser = fileURLToPath(new URL('refuse-others.cjs', import.meta.url))
const refusedFile = join(temporaryFolder(), 'refused')
const hosts = ['llm.test', 'issuer.test', 'files.test', 'mcp.test', 'collector.test']

let authority: PrivateAuthority
let collector: Collector
let fake: FakeProvider
let files: FileServer
let issuer: Issuer
let tools: Awaited<ReturnType<typeof startHttpServer>>
let tls: Awaited<ReturnType<typeof startTls>>[]
let proxy: TestProxy
let server: Connection
let http: HttpServer

beforeAll(async () => {
  authority = privateAuthority(hosts)
  fake = await startFakeProvider()
  collector = await startCollector()
  const token = { access_token: 'from-google', expires_in: 3600, token_type: 'Bearer' }
  files = await startFileServer({
    '/a.png': file('image/png', 'hi'),
    '/token': file('application/json', JSON.stringify(token)),
  })
  issuer = await startIssuer('https://issuer.test')
  tools = await startHttpServer()
  const plain: Record<string, number> = {
    'llm.test': fake.port,
    'issuer.test': issuer.port,
    'files.test': Number(new URL(files.url).port),
    'mcp.test': Number(tools.port),
    'collector.test': Number(new URL(collector.url).port),
  }
  tls = await Promise.all(hosts.map((host) => startTls(authority, plain[host] as number)))
  proxy = await startProxy({
    credentials: 'me:open sesame',
    portOf: (host, port) => (port === 443 ? tls[hosts.indexOf(host)]?.port : plain[host]),
  })
  writeFileSync(refusedFile, '')
  const withCredentials = proxy.url.replace('//', '//me:open%20sesame@')
  const llm = (scheme: string) => ({ api_base: `${scheme}://llm.test/v1`, api_key: testKey })
  const bedrock = (scheme: string) => ({
    api_base: `${scheme}://llm.test`,
    aws_region_name: 'us-east-1',
    aws_access_key_id: 'AKIATEST',
    aws_secret_access_key: testKey,
  })
  const agents = {
    tls: { description: 'Uses a server over TLS', tools: ['secure/*'] },
    plain: { description: 'Uses a server over plain http', tools: ['open/*'] },
  }
  const mcpServer = (scheme: string) => ({
    url: `${scheme}://mcp.test/mcp`,
    headers: { 'x-key': 'open' },
  })
  const config = {
    defaults: { modelId: 'openai/gpt-4o-mini' },
    clientArgs: {
      openai: llm('https'),
      groq: llm('http'),
      anthropic: { api_base: 'https://llm.test', api_key: testKey },
      bedrock: bedrock('https'),
      litellm_proxy: llm('https'),
      gemini: { api_base: 'https://llm.test/v1beta', api_key: testKey },
      vertex_ai: {
        api_base: 'https://llm.test',
        vertex_project: 'project',
        vertex_credentials: workloadIdentity(),
      },
    },
    allow: { urlHosts: ['files.test'] },
    agents,
    mcpServers: { secure: mcpServer('https'), open: mcpServer('http') },
    telemetry: { traces: 'otlp', endpoint: 'https://collector.test' },
    http: { oauth: { issuer: 'https://issuer.test', resource: 'https://agents.test/mcp' } },
  }
  const env = {
    HTTPS_PROXY: withCredentials,
    HTTP_PROXY: withCredentials,
    NODE_OPTIONS: `--require ${refuser}`,
    NODE_EXTRA_CA_CERTS: authority.file,
    TEST_PROXY_PORT: String(proxy.port),
    TEST_REFUSED_FILE: refusedFile,
    LITELLM_AGENTS_CONFIG: configFile(config),
    OTEL_BSP_SCHEDULE_DELAY: '50',
  }
  server = await connectStdio('2026', env)
  http = await startHttp(env, [], 'none')
})
afterAll(async () => {
  await server.close()
  await http.stop()
  await tools.stop()
  for (const one of tls) one.close()
  await Promise.all([proxy.close(), files.close(), issuer.close(), fake.close(), collector.close()])
})
beforeEach(() => {
  fake.reset()
  writeFileSync(refusedFile, '')
  proxy.asked.length = 0
})

/** Credentials of Google that are exchanged at an address of their own. */
function workloadIdentity() {
  const identity = join(temporaryFolder(), 'identity')
  writeFileSync(identity, 'identity-of-the-workload')
  return {
    type: 'external_account',
    audience:
      '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: 'https://files.test/token',
    credential_source: { file: identity },
  }
}

const refused = () => readFileSync(refusedFile, 'utf8')
const llmTunnel = 'CONNECT llm.test:443'

describe('with every other connection refused, the proxy carries', () => {
  test.each([
    ['the OpenAI wire', 'openai/gpt-4o-mini'],
    ['the Anthropic wire', 'anthropic/claude-sonnet-4-6'],
    ['the Responses wire', 'openai/responses/gpt-4o-mini'],
    ['the Bedrock wire', 'bedrock/us.anthropic.claude-sonnet-4-6'],
    ['the Google wire', 'gemini/gemini-2.5-flash'],
    ['Vertex AI and the exchange of its credentials', 'vertex_ai/gemini-2.5-flash'],
    ['a LiteLLM Proxy', 'litellm_proxy/gpt-4o-mini'],
  ])('%s', async (_, modelId) => {
    fake.script({ text: 'Through the proxy.' })
    const { structuredContent } = await server.call('run_agent', { prompt: 'Hi', modelId })
    expect(structuredContent).toMatchObject({ status: 'completed', text: 'Through the proxy.' })
    expect(fake.modelRequests).toHaveLength(1)
    expect(fake.modelRequests[0]?.headers).not.toHaveProperty('proxy-authorization')
    expect(refused()).toBe('')
  })

  test('a model over plain http, by its whole address', async () => {
    fake.script({ text: 'Forwarded.' })
    const { structuredContent } = await server.call('run_agent', {
      prompt: 'Hi',
      modelId: 'groq/llama',
    })
    expect(structuredContent).toMatchObject({ status: 'completed', text: 'Forwarded.' })
    expect(proxy.asked).toEqual(['POST http://llm.test/v1/chat/completions'])
    expect(fake.modelRequests[0]?.headers).toMatchObject({ host: 'llm.test' })
    expect(fake.modelRequests[0]?.headers).not.toHaveProperty('proxy-authorization')
    expect(refused()).toBe('')
  })

  test('the list of the models of a LiteLLM Proxy', async () => {
    const { structuredContent } = await server.call('list_models', {})
    expect(JSON.stringify(structuredContent.models)).toContain('litellm_proxy/gpt-4o-mini')
    expect(fake.requests.map(({ path }) => path)).toContain('/v1/models')
    expect(refused()).toBe('')
  })

  test.each([
    ['tls', 'secure/greet', 'CONNECT mcp.test:443'],
    ['plain', 'open/greet', 'POST http://mcp.test/mcp'],
  ])('an MCP server over HTTP (%s)', async (agent, _, asked) => {
    fake.script(({ tools }) => ({ text: tools.map(({ name }) => name).join() }))
    const { structuredContent } = await server.call('run_agent', { prompt: 'Hi', agent })
    expect(structuredContent.status).toBe('completed')
    expect(structuredContent.text).not.toBe('')
    expect(proxy.asked).toContain(asked)
    expect(refused()).toBe('')
  })

  test.each([
    ['https', 'CONNECT files.test:443'],
    ['http', 'GET http://files.test/a.png'],
  ])('a URL in a prompt (%s)', async (scheme, asked) => {
    fake.script({ text: 'Seen.' })
    const image = { format: 'png', source: { url: `${scheme}://files.test/a.png` } }
    const { structuredContent } = await server.call('run_agent', { prompt: [{ image }] })
    expect(structuredContent).toMatchObject({ status: 'completed', text: 'Seen.' })
    // The check whether the name leads to a private address is the only look-up.
    expect(refused()).toBe('lookup of files.test\n')
    expect(proxy.asked).toContain(asked)
    expect(files.asked).toContain('/a.png')
  })

  test('the keys of an authorization server', async () => {
    const token = await issuer.token({ aud: 'https://agents.test/mcp' })
    const reply = await rpc({ url: http.url, token }, 'tools/list')
    expect(reply.status).toBe(200)
    expect(proxy.asked).toContain('CONNECT issuer.test:443')
  })

  test('telemetry', async () => {
    fake.script({ text: 'ok' })
    await server.call('run_agent', { prompt: 'Hi' })
    await expect.poll(() => collector.raw(), { timeout: 10_000 }).toContain('invoke_agent')
    expect(refused()).toBe('')
  })

  test('each connection for as long as its server keeps it', async () => {
    fake.script({ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' })
    for (let call = 0; call < 3; call++)
      await server.call('run_agent', { prompt: 'Hi', modelId: 'openai/gpt-4o-mini' })
    expect(proxy.asked.filter((one) => one === llmTunnel).length).toBeLessThanOrEqual(1)
    expect(fake.modelRequests).toHaveLength(3)
  })
})
