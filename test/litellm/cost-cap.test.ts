import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Agent, type ContentBlock, LiteLLMModel } from '../../src/index.js'
import { callNeed } from '../../src/litellm/budgeted-call.js'
import { modelInfo } from '../../src/litellm/models/model-data.js'
import type { JsonObject } from '../../src/util/json.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

const claude = 'anthropic/claude-sonnet-4-6'
const bedrock = 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const gpt = 'openai/gpt-4o'

function model(modelId: string, params: JsonObject = {}) {
  const clientArgs = modelId.startsWith('bedrock/')
    ? {
        aws_region_name: 'us-east-1',
        aws_access_key_id: 'AKIDTEST',
        aws_secret_access_key: 'not-a-secret',
        aws_bedrock_runtime_endpoint: fake.url,
      }
    : {
        api_key: 'sk-test-0123456789abcdef',
        api_base: modelId === gpt ? `${fake.url}/v1` : fake.url,
      }
  return new LiteLLMModel({ modelId, clientArgs, params, stream: false }, { env: {} })
}

describe('of several names for the length of an answer the largest counts', () => {
  test.each<[string, JsonObject]>([
    [claude, { max_tokens: 60_000, max_completion_tokens: 10 }],
    [claude, { max_tokens: 60_000, max_completion_tokens: null }],
    [bedrock, { max_completion_tokens: 10, max_tokens: 60_000 }],
    [bedrock, { max_tokens: 10, maxTokens: 60_000 }],
    [gpt, { max_completion_tokens: 10, max_tokens: 60_000 }],
    [gpt, { max_completion_tokens: null, max_tokens: 60_000 }],
    // A name that is not the wire's own says nothing.
    [claude, { maxTokens: 10 }],
  ])('%s with %j', async (modelId, params) => {
    fake.script({ text: 'ok' })
    const agent = new Agent({ model: model(modelId, params) })
    const { metrics } = await agent.invoke('Hello', { limits: { maxCostUsd: 0.01 } })
    expect(metrics.notices).toEqual([expect.stringContaining('to fit maxCostUsd')])
    const { body } = fake.modelRequests[0] ?? {}
    const { max_tokens, max_completion_tokens, inferenceConfig } = body ?? {}
    const lengths = [max_tokens, max_completion_tokens, inferenceConfig?.maxTokens]
    // The dearest of the three has at most this many tokens for a cent.
    expect(lengths.filter((length) => length !== undefined)).toEqual([expect.any(Number)])
    expect(Math.max(...lengths.map((length) => length ?? 0))).toBeLessThanOrEqual(1_000)
  })

  test('Converse’s own name is shortened like the others', async () => {
    fake.script({ text: 'ok' })
    const agent = new Agent({ model: model(bedrock, { maxTokens: 4_000 }) })
    await agent.invoke('Hello', { limits: { maxOutputTokens: 300 } })
    expect(fake.modelRequests[0]?.body.inferenceConfig).toEqual({ maxTokens: 300 })
  })
})

describe('what is given by an address counts as the largest it may be', () => {
  const image = { image: { format: 'png', source: { url: 'https://example.com/a.png' } } } as const
  const pdf = {
    document: { format: 'pdf', name: 'a', source: { url: 'https://example.com/a.pdf' } },
  } as const

  test.each<[string, ContentBlock, number, number]>([
    ['an image as a page', image, 0.01, 0.05],
    ['a document as all the model has room for', pdf, 0.5, 20],
  ])('%s', async (_, block, tooLittle, enough) => {
    fake.script({ text: 'ok' })
    const ask = (maxCostUsd: number) => {
      const agent = new Agent({ model: model(claude, { max_tokens: 10 }) })
      return agent.invoke([{ text: 'Look' }, block], { limits: { maxCostUsd } })
    }
    await expect(ask(tooLittle)).rejects.toMatchObject({ code: 'limitReached' })
    expect(fake.modelRequests).toEqual([])
    expect((await ask(enough)).text).toBe('ok')
  })

  test('a document without a known end has no known price', async () => {
    const info = await modelInfo({ provider: 'anthropic', model: 'claude-sonnet-4-6' })
    if (!info) throw new Error('The model is not in the map.')
    const need = (block: ContentBlock) => {
      const messages = [{ role: 'user' as const, content: [block] }]
      const request = { messages, system: [], tools: [] }
      return callNeed(request, {}, { ...info, contextTokens: null }, 'anthropic-messages')
    }
    expect(need(pdf).price).toBeNull()
    expect(need(pdf).inputTokens).toBeLessThan(10_000)
    expect(need(image).price).not.toBeNull()
  })
})

test.each<[string, JsonObject, JsonObject]>([
  ['heard', { prompt_tokens_details: { audio_tokens: 900 } }, { costUsd: null }],
  ['spoken', { completion_tokens_details: { audio_tokens: 900 } }, { costUsd: null }],
  [
    'told with its cost',
    { prompt_tokens_details: { audio_tokens: 900 }, cost: 0.5 },
    { costUsd: 0.5 },
  ],
  ['not there', { prompt_tokens_details: { audio_tokens: 0 } }, { costUsd: expect.any(Number) }],
])('sound that is %s is not paid at the price of text', async (_, details, expected) => {
  const usage = { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000, ...details }
  fake.script({ text: 'ok', usage })
  const { metrics } = await new Agent({ model: model(gpt) }).invoke('Hello')
  expect(metrics).toMatchObject(expected)
})
