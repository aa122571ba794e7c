import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Agent, AgentError, explainRoute, LiteLLMModel } from 'litellm-agents-mcp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile, temporaryFolder } from '../helpers/config-file.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { runProgram, testKey } from '../helpers/program.js'

let fake: FakeProvider
let maps: Server
/** What the address of the price map answers. */
let answered: { status: number; body: string }
let mapUrl: string

const newest = {
  'claude-opus-9': {
    litellm_provider: 'anthropic',
    mode: 'chat',
    input_cost_per_token: 7e-6,
    output_cost_per_token: 3e-5,
    max_input_tokens: 2_000_000,
    supports_prompt_caching: true,
    prompt_cache_min_tokens: 256,
  },
  'openai/of-tomorrow': { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 },
  'gpt-4o': { litellm_provider: 'openai', mode: 'chat', input_cost_per_token: 5, max_tokens: 1 },
  broken: { litellm_provider: 'openai', mode: 'chat', input_cost_per_token: -1 },
  sample_spec: { mode: 'one of: chat' },
}

beforeAll(async () => {
  fake = await startFakeProvider()
  maps = createServer((_request, response) => {
    response.writeHead(answered.status, { 'content-type': 'text/plain' }).end(answered.body)
  }).listen(0, '127.0.0.1')
  await once(maps, 'listening')
  mapUrl = `http://127.0.0.1:${(maps.address() as AddressInfo).port}/map.json`
})
afterAll(async () => {
  maps.close()
  await fake.close()
})
beforeEach(() => {
  fake.reset()
  answered = { status: 200, body: JSON.stringify(newest) }
})

/** Runs the program with a state folder of its own. */
async function run(args: string[], env: Record<string, string> = {}) {
  return runProgram(args, {
    env: {
      ANTHROPIC_API_KEY: testKey,
      OPENAI_API_KEY: testKey,
      LITELLM_MODEL_COST_MAP_URL: mapUrl,
      ...env,
    },
  })
}

describe('F3: model data can be refreshed', () => {
  test('models --update makes a new model known, with its price', async () => {
    const XDG_STATE_HOME = temporaryFolder()
    const explained = async () => {
      const args = ['doctor', '--explain', 'anthropic/claude-opus-9', '--json']
      return JSON.parse((await run(args, { XDG_STATE_HOME })).stdout).modelData
    }
    expect(await explained()).toMatchObject({ status: 'family', inputCostPerToken: null })
    const { code, stdout } = await run(['models', '--update'], { XDG_STATE_HOME })
    expect(code).toBe(0)
    expect(stdout).toContain('anthropic/claude-opus-9')
    expect(stdout).not.toContain('broken')
    expect(await explained()).toMatchObject({
      status: 'known',
      inputCostPerToken: 7e-6,
      source: mapUrl,
      ageDays: 0,
    })
    const list = await run(['models', 'of-tomorrow', '--json'], { XDG_STATE_HOME })
    expect(JSON.parse(list.stdout)).toMatchObject([
      { modelId: 'openai/of-tomorrow', outputCostPerToken: 2e-6 },
    ])
    // Models that the new data does not have keep the data of the package.
    const old = await run(['models', 'claude-opus-5', '--json'], { XDG_STATE_HOME })
    expect(JSON.parse(old.stdout)[0].inputCostPerToken).toBeGreaterThan(0)
    const own = await run(['doctor', '--explain', 'anthropic/claude-opus-9', '--json'], {
      XDG_STATE_HOME,
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    })
    expect(JSON.parse(own.stdout).modelData.status).toBe('family')
  })

  test.each([
    ['an error page', { status: 404, body: '<html>' }],
    ['text that is no JSON', { status: 200, body: '<html>' }],
    ['half of the map', { status: 200, body: JSON.stringify(newest).slice(0, -20) }],
    ['a list', { status: 200, body: '[]' }],
    ['a map without models', { status: 200, body: '{"sample_spec":{}}' }],
    ['endless text', { status: 200, body: ' '.repeat(21 * 1024 * 1024) }],
  ])('%s is refused, and the stored data stays', async (_name, bad) => {
    const XDG_STATE_HOME = temporaryFolder()
    expect((await run(['models', '--update'], { XDG_STATE_HOME })).code).toBe(0)
    const folder = join(XDG_STATE_HOME, 'litellm-agents-mcp')
    const stored = await readFile(join(folder, 'models.json'), 'utf8')
    answered = bad
    const { code, stderr } = await run(['models', '--update'], { XDG_STATE_HOME })
    expect(code).toBeGreaterThan(2)
    expect(stderr).toContain(mapUrl)
    expect(await readdir(folder)).toEqual(['models.json'])
    expect(await readFile(join(folder, 'models.json'), 'utf8')).toBe(stored)
  })

  test('an address with credentials is used, and never shown', async () => {
    const XDG_STATE_HOME = temporaryFolder()
    const url = mapUrl.replace('http://', 'http://user:secret-word@')
    const LITELLM_MODEL_COST_MAP_URL = `${url}?token=secret-token`
    const { code, stdout } = await run(['models', '--update'], {
      XDG_STATE_HOME,
      LITELLM_MODEL_COST_MAP_URL,
    })
    expect(code).toBe(0)
    const file = join(XDG_STATE_HOME, 'litellm-agents-mcp', 'models.json')
    expect(stdout + (await readFile(file, 'utf8'))).not.toContain('secret')
  })

  test('a stored file that is damaged is ignored', async () => {
    const XDG_STATE_HOME = temporaryFolder()
    await run(['models', '--update'], { XDG_STATE_HOME })
    const { writeFile } = await import('node:fs/promises')
    await writeFile(join(XDG_STATE_HOME, 'litellm-agents-mcp', 'models.json'), '{"fields"')
    const { stdout } = await run(['models', 'claude-opus-5'], { XDG_STATE_HOME })
    expect(stdout).toMatch(/LiteLLM [\d.]+, of \d{4}-\d\d-\d\d/)
  })

  test('models and doctor show the age of the data, and name unknown models', async () => {
    const env = { LITELLM_AGENTS_MODEL_ID: 'anthropic/claude-opus-5-5' }
    const { stdout } = await run(['models'], env)
    expect(stdout).toMatch(/\(\d+ days? old\).*anthropic\/claude-opus-5-5/)
    const { checks } = JSON.parse((await run(['doctor', '--json'], env)).stdout)
    expect(checks).toContainEqual(
      expect.objectContaining({
        name: 'model data',
        status: 'warning',
        detail: expect.stringContaining('anthropic/claude-opus-5-5'),
        fix: expect.stringContaining('models --update'),
      }),
    )
  })
})

describe('F3: models of the configuration', () => {
  const entry = { input_cost_per_token: 2e-6, output_cost_per_token: 1e-5, max_input_tokens: 9999 }
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 }

  async function ranWith(models: JsonObject, modelId: string, env: Record<string, string> = {}) {
    fake.script({ text: 'Hi.', usage })
    const config = configFile({
      models,
      clientArgs: { openai: { api_base: `${fake.url}/v1` }, litellm_proxy: { api_base: fake.url } },
    })
    const args = ['run', 'Hi', '--json', '--config', config, '--model', modelId]
    const { stdout } = await run(args, { LITELLM_PROXY_API_KEY: testKey, ...env })
    return JSON.parse(stdout)
  }

  test.each([
    ['openai/new-one', 'openai/new-one'],
    ['gpt-99', 'openai/gpt-99'],
    ['openai/gpt-99', 'gpt-99'],
    ['litellm_proxy/alias', 'litellm_proxy/alias'],
  ])('the price of %s makes the cost of %s known', async (key, modelId) => {
    const { costUsd } = await ranWith({ [key]: entry }, modelId)
    expect(costUsd).toBeCloseTo(100 * 2e-6 + 10 * 1e-5, 12)
    const [request] = fake.modelRequests
    expect(JSON.stringify(request?.body)).not.toMatch(/cost|model_info/)
  })

  test('an entry changes single fields of a known model', async () => {
    const { costUsd } = await ranWith({ 'openai/gpt-4o': { output_cost_per_token: 1 } }, 'gpt-4o')
    expect(costUsd).toBeCloseTo(100 * 2.5e-6 + 10, 9)
  })

  test('base_model takes the properties of a known model', async () => {
    const { costUsd } = await ranWith({ 'openai/mine': { base_model: 'gpt-4o' } }, 'openai/mine')
    expect(costUsd).toBeCloseTo(100 * 2.5e-6 + 10 * 1e-5, 12)
  })

  test('mode: responses calls a model over the Responses API', async () => {
    await ranWith({ 'openai/new-one': { ...entry, mode: 'responses' } }, 'openai/new-one')
    expect(fake.requests.at(-1)?.path).toBe('/v1/responses')
  })

  test('models lists them with their limits', async () => {
    const config = configFile({ models: { 'openai/new-one': entry } })
    const { stdout } = await run(['models', 'new-one', '--json', '--config', config])
    expect(JSON.parse(stdout)).toMatchObject([
      { modelId: 'openai/new-one', contextTokens: 9999, inputCostPerToken: 2e-6 },
    ])
  })

  test('misspelled keys and values of the wrong type are problems with their place', async () => {
    const wrong = {
      inputCostPerToken: 1,
      supports_visoin: true,
      input_cost_per_token: -1,
      supports_tool_choice: 'yes',
      input_cost_per_token_above_200k_tokens: 'x',
    }
    const config = configFile({ models: { 'openai/new-one': wrong } })
    const { code, stderr } = await run(['models', '--config', config])
    expect(code).toBe(3)
    for (const key of Object.keys(wrong)) expect(stderr).toContain(key)
    expect(stderr).toContain('supports_vision')
  })

  test('an entry of the map of LiteLLM can be pasted', async () => {
    const pasted = {
      ...entry,
      litellm_provider: 'openai',
      max_tokens: 128_000,
      supports_web_search: true,
      supports_none_reasoning_effort: true,
      search_context_cost_per_query: { search_context_size_low: 0.01 },
      input_cost_per_token_above_200k_tokens: 4e-6,
      input_cost_per_token_batches: 1e-6,
      supported_endpoints: ['/v1/chat/completions'],
      tpm: 1,
    }
    const { costUsd } = await ranWith({ 'openai/new-one': pasted }, 'openai/new-one')
    expect(costUsd).toBeGreaterThan(0)
  })
})

/** Makes one call of the library at the fake provider. */
async function called(
  modelId: string,
  { clientArgs = {}, params = {}, ...rest }: JsonObject = {},
  limits = {},
) {
  const isClaude = modelId.includes('claude')
  const args = { api_key: testKey, api_base: isClaude ? fake.url : `${fake.url}/v1` }
  const model = new LiteLLMModel(
    {
      modelId,
      clientArgs: { ...args, ...(clientArgs as JsonObject) },
      params: params as JsonObject,
      ...rest,
    },
    { env: {} },
  )
  const result = await new Agent({ model, limits }).invoke('Hi')
  return { ...result, body: fake.modelRequests.at(-1)?.body ?? {} }
}

describe('F3: prices in clientArgs', () => {
  test('they give the cost, and are not sent', async () => {
    const clientArgs = {
      input_cost_per_token: 1e-6,
      output_cost_per_token: 2e-6,
      cache_read_input_token_cost: 1e-7,
      model_info: { max_input_tokens: 1000 },
    }
    const { body, metrics, usage } = await called('openai/new-one', { clientArgs })
    const { inputTokens = 0, outputTokens = 0 } = usage ?? {}
    expect(inputTokens).toBeGreaterThan(0)
    expect(metrics.costUsd).toBeCloseTo(inputTokens * 1e-6 + outputTokens * 2e-6, 12)
    expect(Object.keys(body)).toEqual(['model', 'messages', 'stream', 'stream_options'])
  })

  test.each([
    [{ clientArgs: { input_cost_per_token: '1' } }, 'input_cost_per_token'],
    [{ clientArgs: { output_cost_per_token: -1 } }, 'output_cost_per_token'],
    [{ clientArgs: { model_info: 'x' } }, 'model_info'],
    [{ params: { input_cost_per_token: 1e-6 } }, 'clientArgs'],
  ])('%j is a configuration error', async (config, noun) => {
    const error = await called('openai/new-one', config).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AgentError)
    expect(error).toMatchObject({ code: 'configuration' })
    const { message, hint } = error as AgentError
    expect(message + hint).toContain(noun)
    expect(fake.requests).toEqual([])
  })
})

describe('F3, F6: a model that is newer than the data is treated like its family', () => {
  test.each(['anthropic/claude-opus-5-5', 'anthropic/claude-saga-7', 'claude-sonnet-6'])(
    '%s gets no temperature, an effort, and no cost',
    async (modelId) => {
      const params = { temperature: 0.5, reasoning_effort: 'high', max_tokens: 3000 }
      const { body, metrics } = await called(modelId, { params })
      expect(body).not.toHaveProperty('temperature')
      expect(body.output_config).toMatchObject({ effort: 'high' })
      expect(metrics.costUsd).toBe(null)
      expect(metrics.notices.join()).toContain('temperature')
    },
  )

  test.each([
    ['anthropic/claude-opus-5-5', 'anthropic/claude-opus-5', 'anthropic-messages'],
    ['us.anthropic.claude-opus-5-5-v1:0', 'claude-opus-5', 'bedrock-converse'],
    ['openai/gpt-6.1-sol', 'openai/gpt-5.6-sol', 'openai-chat'],
    ['openai/gpt-7-codex', 'openai/gpt-5.3-codex', 'openai-responses'],
    ['openai/gpt-7', 'openai/gpt-5.6', 'openai-chat'],
  ])('%s is like %s, over %s', async (modelId, like, wire) => {
    const route = await explainRoute({ modelId, clientArgs: { api_key: testKey } }, {})
    expect(route.wire).toBe(wire)
    expect(route.modelData).toMatchObject({
      status: 'family',
      likeModel: expect.stringContaining(like),
      inputCostPerToken: null,
    })
  })

  test.each(['openai/my-finetune', 'openai/gpt-4-mini-zeta', 'anthropic/claude-2'])(
    '%s stays unknown',
    async (modelId) => {
      const route = await explainRoute({ modelId, clientArgs: { api_key: testKey } }, {})
      expect(route.modelData).toMatchObject({ status: 'unknown' })
    },
  )

  test('maxCostUsd says before the call that it cannot be enforced', async () => {
    const { metrics } = await called('anthropic/claude-opus-5-5', {}, { maxCostUsd: 0.01 })
    expect(metrics.notices.join()).toMatch(/maxCostUsd.*anthropic\/claude-opus-5-5/)
    const clientArgs = { input_cost_per_token: 1e-6, output_cost_per_token: 1e-6 }
    const priced = await called('anthropic/claude-opus-5-5', { clientArgs }, { maxCostUsd: 0.01 })
    expect(priced.metrics.notices.join()).not.toContain('cannot be enforced')
    expect(priced.metrics.costUsd).toBeGreaterThan(0)
  })

  test('the offline model, which costs nothing, needs no such notice', async () => {
    const model = new LiteLLMModel({ modelId: 'offline/demo' }, { env: {} })
    const { metrics } = await new Agent({ model, limits: { maxCostUsd: 0.01 } }).invoke('Hi')
    expect(metrics.notices).toEqual([])
  })
})
