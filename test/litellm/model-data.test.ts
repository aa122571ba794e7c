import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { modelDataText } from '../../scripts/model-data.js'
import { modelInfo } from '../../src/litellm/models/model-data.js'
import { filledFrom, modelInfoOf, proxyModelInfo } from '../../src/litellm/models/model-info.js'
import type { JsonObject } from '../../src/util/json.js'
import { runPython } from '../helpers/python.js'

const names = [
  'openai gpt-4o',
  'openai gpt-5.6',
  'openai GPT-4O',
  'openai openai/gpt-4o',
  'openai ft:gpt-4o-2024-08-06:my-org::id',
  'openai ft:gpt-3.5-turbo:my-org:custom_suffix:id',
  'openai claude-sonnet-4-6',
  'openai no-such-model',
  'anthropic claude-sonnet-4-6',
  'anthropic claude-haiku-4-5-20251001',
  'anthropic gpt-4o',
  'bedrock us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'bedrock eu.anthropic.claude-haiku-4-5-20251001-v1:0',
  'bedrock global.anthropic.claude-opus-4-6-v1',
  'bedrock jp.anthropic.claude-opus-5',
  'bedrock us-gov.anthropic.claude-opus-5',
  'bedrock us.anthropic.claude-opus-4-6-v1[1m]',
  'bedrock us.amazon.nova-lite-v1:0',
  'bedrock apac.amazon.nova-lite-v1:0',
  'bedrock global.amazon.nova-lite-v1:0',
  'bedrock amazon.nova-micro-v1:0',
  'bedrock converse/us.amazon.nova-pro-v1:0',
  'bedrock us-gov-west-1/anthropic.claude-opus-5',
  'bedrock eu-central-1/amazon.nova-pro-v1:0',
  'bedrock anthropic.claude-3-5-sonnet-20241022-v2:0:51k',
  'bedrock arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0',
  'bedrock nobody.knows-v1:0',
  'bedrock_mantle openai.gpt-oss-120b',
  'azure gpt-4o',
  'azure gpt-5.4',
  'azure_ai claude-opus-4-7',
  'azure_ai gpt-4o',
  'gemini gemini-2.5-pro',
  'gemini gemini-2.5-flash-001',
  'deepseek deepseek-chat',
  'groq openai/gpt-oss-120b',
  'groq llama-3.3-70b-versatile',
  'mistral mistral-large-latest',
  'openrouter anthropic/claude-sonnet-4.5',
  'xai grok-4',
  'perplexity sonar-pro',
  'together_ai meta-llama/Llama-3.3-70B-Instruct-Turbo',
  'cohere_chat command-a-03-2025',
  'github gpt-4o',
  'dashscope qwen3-max',
].map((line) => {
  const [provider = '', model = ''] = line.split(' ')
  return { provider, model }
})

test('a model is found where LiteLLM finds it, and said of it is what LiteLLM says', async () => {
  const theirs = (await runPython('model_info.py', names)) as (JsonObject | null)[]
  const ours = await Promise.all(names.map((name) => modelInfo(name)))
  const wrong = names.filter((_, at) => {
    const [mine, raw] = [ours[at], theirs[at]]
    if (!mine || !raw) return Boolean(mine) !== Boolean(raw)
    const { supports } = mine
    return !(
      mine.contextTokens === raw.max_input_tokens &&
      mine.maxOutputTokens === raw.max_output_tokens &&
      (mine.prices?.input ?? 0) === raw.input_cost_per_token &&
      (mine.prices?.output ?? 0) === raw.output_cost_per_token &&
      supports.tools === raw.supports_function_calling &&
      supports.vision === raw.supports_vision &&
      supports.caching === raw.supports_prompt_caching &&
      supports.reasoning === raw.supports_reasoning &&
      supports.toolChoice === raw.supports_tool_choice &&
      supports.pdf === raw.supports_pdf_input &&
      supports.audio === raw.supports_audio_input
    )
  })
  expect(wrong).toEqual([])
  expect(ours.filter(Boolean).length).toBeGreaterThan(35)
}, 60_000)

test('what is known of one model', async () => {
  expect(await modelInfo({ provider: 'anthropic', model: 'claude-opus-4-7' })).toEqual({
    mode: 'chat',
    contextTokens: 1_000_000,
    maxOutputTokens: 128_000,
    prices: {
      input: 5e-6,
      output: 25e-6,
      cacheRead: 0.5e-6,
      cacheWrite: 6.25e-6,
      cacheWrite1h: 10e-6,
      reasoning: 25e-6,
      tiers: [],
    },
    supports: {
      tools: true,
      toolChoice: true,
      forcedToolUse: null,
      samplingParams: false,
      reasoning: true,
      vision: true,
      pdf: true,
      audio: null,
      responseSchema: true,
      nativeOutput: true,
      caching: true,
      cacheBreakpoints: null,
    },
    minCacheTokens: 2048,
    openaiPath: null,
    deprecationDate: expect.stringMatching(/^20\d\d-\d\d-\d\d$/),
  })
})

test('a model that has no chat completions is told from the others', async () => {
  const mode = async (model: string) => (await modelInfo({ provider: 'openai', model }))?.mode
  expect(await mode('gpt-5-codex')).toBe('responses')
  expect(await mode('gpt-5')).toBe('chat')
})

test('from what length a model caches', async () => {
  const least = async (provider: string, model: string) =>
    (await modelInfo({ provider, model }))?.minCacheTokens
  expect(await least('anthropic', 'claude-haiku-4-5')).toBe(4096)
  expect(await least('anthropic', 'claude-opus-5')).toBe(512)
  expect(await least('anthropic', 'claude-3-7-sonnet-20250219')).toBe(1024)
  expect(await least('openai', 'gpt-4o-mini')).toBe(1024)
  expect(await least('groq', 'llama-3.3-70b-versatile')).toBeNull()
})

test('a region with prices of its own has them', async () => {
  const name = { provider: 'bedrock', model: 'anthropic.claude-opus-5' }
  const usual = await modelInfo(name)
  const gov = await modelInfo({ ...name, region: 'us-gov-west-1' })
  expect(gov?.prices?.input).toBeGreaterThan(usual?.prices?.input ?? 0)
  expect(await modelInfo({ ...name, region: 'eu-west-9' })).toEqual(usual)
})

test('a proxy’s entry: its own prices first, and zeros are no prices', () => {
  const model_info = {
    litellm_provider: 'anthropic',
    max_input_tokens: 200_000,
    max_output_tokens: null,
    input_cost_per_token: 3e-6,
    output_cost_per_token: 15e-6,
    cache_read_input_token_cost: null,
    supports_function_calling: true,
    supports_prompt_caching: true,
  }
  const plain = proxyModelInfo({ model_name: 'claude', litellm_params: {}, model_info })
  expect(plain).toMatchObject({ contextTokens: 200_000, maxOutputTokens: null })
  expect(plain?.prices).toMatchObject({ input: 3e-6, output: 15e-6, cacheRead: null })
  expect(plain).toMatchObject({ minCacheTokens: 1024, supports: { tools: true, vision: null } })

  const litellm_params = { model: 'anthropic/claude', input_cost_per_token: '1e-6', rpm: 3 }
  const own = proxyModelInfo({ litellm_params, model_info })
  expect(own?.prices).toMatchObject({ input: 1e-6, output: 15e-6 })

  const zeros = { ...model_info, input_cost_per_token: 0, output_cost_per_token: 0 }
  expect(proxyModelInfo({ model_info: zeros })?.prices).toBeNull()
  for (const entry of [null, 'x', {}, { model_info: null }])
    expect(proxyModelInfo(entry)).toBeNull()
})

test('one source fills what the other leaves open, but no prices', () => {
  const told = modelInfoOf({ max_input_tokens: 10, supports_vision: false }, 'openai')
  const other = modelInfoOf(
    {
      max_input_tokens: 20,
      max_output_tokens: 30,
      input_cost_per_token: 1,
      supports_vision: true,
      supports_sampling_params: false,
    },
    'openai',
  )
  expect(filledFrom(told, other)).toMatchObject({
    contextTokens: 10,
    maxOutputTokens: 30,
    prices: null,
    supports: { vision: false, samplingParams: false, tools: null },
  })
})

test('the model data is that of the pinned LiteLLM, and small', async () => {
  const text = await readFile('src/litellm/data/models.json', 'utf8')
  // If it is not: npm run generate -- model-data
  expect(text === (await modelDataText())).toBe(true)
  expect(text.length).toBeLessThan(250_000)
})
