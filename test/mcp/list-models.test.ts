import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { connectStdio } from '../helpers/connect.js'
import type { JsonObject } from '../helpers/fake-provider/index.js'
import { testKey } from '../helpers/program.js'

/** The two lists of a LiteLLM Proxy, and what was asked of it. */
let proxy: Server
let base: string
let lists: Record<string, { status: number; body: object }>
let asked: { path: string; authorization: string | undefined }[]

const names = {
  object: 'list',
  data: ['claude', 'gpt', 'embedder'].map((id) => ({ id, object: 'model' })),
}
const data = {
  data: [
    {
      model_name: 'claude',
      litellm_params: { model: 'anthropic/claude-sonnet-4-6' },
      model_info: {
        mode: 'chat',
        litellm_provider: 'anthropic',
        max_input_tokens: 200000,
        max_output_tokens: 64000,
        input_cost_per_token: 3e-6,
        output_cost_per_token: 15e-6,
        supports_function_calling: true,
        supports_vision: true,
        supports_prompt_caching: true,
        supports_reasoning: true,
        prompt_cache_min_tokens: 1024,
      },
    },
    { model_name: 'embedder', litellm_params: {}, model_info: { mode: 'embedding' } },
    { model_name: 'kept from this key', litellm_params: {}, model_info: { mode: 'chat' } },
  ],
}

beforeAll(async () => {
  proxy = createServer(({ headers, url = '' }, response) => {
    asked.push({ path: url, authorization: headers.authorization })
    const { body, status } = lists[url] ?? { status: 404, body: {} }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
})
afterAll(() => {
  proxy.closeAllConnections()
  proxy.close()
})
beforeEach(() => {
  asked = []
  lists = {
    '/v1/models': { status: 200, body: names },
    '/v1/model/info': { status: 200, body: data },
  }
})

/** Calls list_models once for each of the arguments. */
async function list(env: Record<string, string>, ...calls: JsonObject[]): Promise<JsonObject[]> {
  const client = await connectStdio('2026', env)
  const results: JsonObject[] = []
  for (const args of calls) results.push(await client.call('list_models', args))
  await client.close()
  return results
}

const toProxy = () => ({ LITELLM_PROXY_API_BASE: `${base}/v1/`, LITELLM_PROXY_API_KEY: testKey })
const ids = (result: JsonObject | undefined) =>
  result?.structuredContent.models.map(({ modelId }: JsonObject) => modelId)

test('lists what the proxy serves to its key, with what it knows', async () => {
  const [all, again, ofAnthropic, ofProxy] = await list(
    toProxy(),
    {},
    {},
    { provider: 'anthropic' },
    { provider: 'litellm_proxy' },
  )
  expect(all?.structuredContent.models).toEqual([
    {
      modelId: 'litellm_proxy/claude',
      provider: 'anthropic',
      contextTokens: 200000,
      maxOutputTokens: 64000,
      inputCostPerToken: 3e-6,
      outputCostPerToken: 15e-6,
      supports: { tools: true, vision: true, caching: true, reasoning: true },
      minCacheTokens: 1024,
    },
    {
      modelId: 'litellm_proxy/gpt',
      provider: 'litellm_proxy',
      contextTokens: null,
      maxOutputTokens: null,
      inputCostPerToken: null,
      outputCostPerToken: null,
      supports: { tools: null, vision: null, caching: null, reasoning: null },
      minCacheTokens: null,
    },
  ])
  expect(JSON.parse(all?.content[0].text)).toEqual(all?.structuredContent)
  expect(again?.structuredContent).toEqual(all?.structuredContent)
  expect(ids(ofAnthropic)).toEqual(['litellm_proxy/claude'])
  expect(ids(ofProxy)).toEqual(['litellm_proxy/claude', 'litellm_proxy/gpt'])
  // Asked once, and of nothing that costs money.
  expect(asked.map(({ path }) => path).sort()).toEqual(['/v1/model/info', '/v1/models'])
  expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(
    new Set([`Bearer ${testKey}`]),
  )
})

test('lists the names alone where the data is kept from the key', async () => {
  lists['/v1/model/info'] = { status: 403, body: { error: { message: 'No' } } }
  const [result] = await list(toProxy(), {})
  expect(ids(result)).toEqual([
    'litellm_proxy/claude',
    'litellm_proxy/gpt',
    'litellm_proxy/embedder',
  ])
})

test('lists the models of the configuration, and only what a caller may name', async () => {
  const file = configFile({
    defaults: { modelId: 'openai/gpt-4o-mini' },
    clientArgs: { litellm_proxy: { api_base: base, api_key: testKey } },
    allow: { modelIds: ['litellm_proxy/cl*', 'offline/demo'] },
  })
  const [result] = await list({ LITELLM_AGENTS_CONFIG: file, OPENAI_API_KEY: testKey }, {})
  expect(ids(result)).toEqual(['openai/gpt-4o-mini', 'offline/demo', 'litellm_proxy/claude'])
  const [mini] = result?.structuredContent.models ?? []
  expect(mini).toMatchObject({ provider: 'openai', contextTokens: 128000 })
})

test('tells what is wrong with the key', async () => {
  const body = { error: { message: `Invalid key ${testKey}`, type: 'auth_error', code: '401' } }
  lists['/v1/models'] = { status: 401, body }
  const [result, later] = await list(toProxy(), {}, {})
  expect(result?.isError).toBe(true)
  expect(result?.structuredContent.error).toMatchObject({ code: 'authentication' })
  expect(JSON.stringify(result)).not.toContain(testKey)
  // A failure is not kept.
  expect(later?.isError).toBe(true)
  expect(asked.filter(({ path }) => path === '/v1/models')).toHaveLength(2)
})

test('tells a server that is no proxy', async () => {
  lists['/v1/models'] = { status: 200, body: { hello: 'there' } }
  const [result] = await list(toProxy(), {})
  expect(result?.structuredContent.error).toMatchObject({
    code: 'providerError',
    message: expect.stringContaining('list of models'),
  })
})

test('lists nothing where nothing is configured', async () => {
  const [result] = await list({}, {})
  expect(result?.structuredContent).toEqual({ total: 0, models: [] })
})
