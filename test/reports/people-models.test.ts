import { describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type Connection, connectStdio } from '../helpers/connect.js'
import type { JsonObject } from '../helpers/fake-provider/index.js'
import { type Environment, testKey } from '../helpers/program.js'

const keys = {
  ANTHROPIC_API_KEY: testKey,
  OPENAI_API_KEY: testKey,
  LITELLM_AGENTS_MODEL_ID: 'offline/demo',
}

async function withServer<Result>(
  env: Environment,
  use: (client: Connection) => Promise<Result>,
): Promise<Result> {
  const client = await connectStdio('2025', env)
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

function list(env: Environment, args: JsonObject = {}): Promise<JsonObject> {
  return withServer(env, async (client) => {
    const result = await client.call('list_models', args)
    expect(result.structuredContent.error).toBeUndefined()
    expect(JSON.parse(result.content[0].text)).toEqual(result.structuredContent)
    return result.structuredContent
  })
}

const idsOf = ({ models }: JsonObject): string[] => models.map(({ modelId }: JsonObject) => modelId)
const providersOf = ({ models }: JsonObject): string[] => [
  ...new Set<string>(models.map(({ modelId }: JsonObject) => modelId.split('/')[0])),
]

describe('people F5: list_models shows what keys, base URLs and allow make available', () => {
  test('the default first, then 30 current models of every provider with a key', async () => {
    const found = await list(keys)
    expect(found.models).toHaveLength(30)
    expect(found.total).toBeGreaterThan(100)
    expect(idsOf(found)[0]).toBe('offline/demo')
    expect(providersOf(found).sort()).toEqual(['anthropic', 'offline', 'openai'])
    expect(found.models[1]).toMatchObject({
      provider: expect.any(String),
      contextTokens: expect.any(Number),
      inputCostPerToken: expect.any(Number),
      supports: { tools: true },
    })
  })

  test('only a provider, words or so many', async () => {
    const anthropic = await list(keys, { provider: 'anthropic' })
    expect(anthropic.total).toBeGreaterThan(20)
    expect(idsOf(anthropic).every((id) => id.startsWith('anthropic/'))).toBe(true)
    const haiku = await list(keys, { search: 'HAIKU 4' })
    expect(haiku.total).toBeGreaterThan(0)
    expect(idsOf(haiku).every((id) => /haiku.*4/.test(id))).toBe(true)
    const few = await list(keys, { provider: 'openai', limit: '3' })
    expect(few.models).toHaveLength(3)
    expect(few.total).toBeGreaterThan(50)
    expect(await list(keys, { provider: 'gemini' })).toEqual({ total: 0, models: [] })
  })

  test('current models before older, dated and special ones', async () => {
    const all = idsOf(await list(keys, { provider: 'anthropic', limit: 200 }))
    const at = (id: string) => all.indexOf(`anthropic/${id}`)
    expect(at('claude-opus-4-6')).toBeLessThan(at('claude-opus-4-5'))
    expect(at('claude-opus-4-5')).toBeLessThan(at('claude-3-7-sonnet-20250219'))
    expect(at('claude-sonnet-4-5')).toBeLessThan(at('claude-sonnet-4-5-20250929'))
    const openai = idsOf(await list(keys, { provider: 'openai', limit: 200 }))
    expect(openai.indexOf('openai/gpt-5.1')).toBeLessThan(openai.indexOf('openai/gpt-4.1'))
    expect(openai.indexOf('openai/gpt-4.1')).toBeLessThan(openai.indexOf('openai/gpt-audio'))
    expect(openai.indexOf('openai/gpt-4')).toBeLessThan(openai.indexOf('openai/ft:gpt-4-0613'))
  })

  test('a provider with a base URL and no key', async () => {
    const found = await list({ OLLAMA_API_BASE: 'http://127.0.0.1:9' })
    expect(providersOf(found)).toEqual(['ollama'])
  })

  test('a key in clientArgs of the configuration, with the models of its agents first', async () => {
    const file = configFile({
      clientArgs: { groq: { api_key: testKey } },
      agents: { fast: { modelId: 'groq/llama-3.1-8b-instant' }, other: { modelId: 'xai/grok-3' } },
    })
    const found = await list({ LITELLM_AGENTS_CONFIG: file })
    expect(providersOf(found)).toEqual(['groq'])
    expect(idsOf(found)[0]).toBe('groq/llama-3.1-8b-instant')
  })

  test('only what allow.modelIds matches, besides the default', async () => {
    const file = configFile({
      defaults: { modelId: 'offline/demo' },
      allow: { modelIds: ['anthropic/claude-opus-*'] },
    })
    const found = await list({ ...keys, LITELLM_AGENTS_CONFIG: file }, { limit: 200 })
    expect(found.total).toBe(found.models.length)
    for (const id of idsOf(found)) expect(id).toMatch(/^(offline\/demo|anthropic\/claude-opus-)/)
    expect(found.total).toBeGreaterThan(5)
  })

  test('nothing where no key, base URL or model is given', async () => {
    expect(await list({})).toEqual({ total: 0, models: [] })
  })

  test('a model that is listed may be called', async () => {
    await withServer(keys, async (client) => {
      const { models } = (await client.call('list_models', { provider: 'anthropic', limit: 1 }))
        .structuredContent
      const result = await client.call('run_agent', {
        prompt: ' ',
        modelId: models[0].modelId,
      })
      expect(result.structuredContent.error).toMatchObject({ code: 'invalidRequest' })
    })
  })

  test('completions and the resource show the same models', async () => {
    await withServer(keys, async (client) => {
      const complete = async (value: string): Promise<string[]> =>
        (
          await client.request('completion/complete', {
            ref: { type: 'ref/prompt', name: 'any' },
            argument: { name: 'modelId', value },
          })
        ).completion.values
      expect((await complete('anthropic/claude-op'))[0]).toMatch(/^anthropic\/claude-opus/)
      expect(await complete('claude-haiku')).toContain('anthropic/claude-haiku-4-5')
      const { contents } = await client.request('resources/read', {
        uri: 'litellm-agents://models',
      })
      const { total, models } = JSON.parse(contents[0].text)
      expect(models).toHaveLength(100)
      expect(total).toBeGreaterThan(100)
    })
  })
})
