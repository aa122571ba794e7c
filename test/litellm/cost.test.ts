import { beforeAll, describe, expect, test } from 'vitest'
import {
  type BilledUsage,
  computeCost,
  maxCallCost,
  savedUsd,
} from '../../src/litellm/cost/cost.js'
import data from '../../src/litellm/data/models.json' with { type: 'json' }
import { type ModelName, modelInfo } from '../../src/litellm/models/model-data.js'
import type { Prices, TokenPrices } from '../../src/litellm/models/prices.js'
import { chatUsage } from '../../src/litellm/wires/openai-chat/usage.js'
import { runPython } from '../helpers/python.js'
import { type Counts, rawUsage, usageShapes } from './usage-shapes.js'

const models = [
  'anthropic/claude-sonnet-4-6',
  'anthropic/claude-sonnet-4-5',
  'anthropic/claude-opus-5',
  'anthropic/claude-haiku-4-5',
  'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'bedrock/global.anthropic.claude-opus-4-6-v1',
  'bedrock/us.amazon.nova-lite-v1:0',
  'bedrock/amazon.nova-pro-v1:0',
  'openai/gpt-4o-mini',
  'openai/gpt-5.6',
  'openai/o3-mini',
  'openai/o4-mini',
  'gemini/gemini-2.5-pro',
  'gemini/gemini-2.5-flash',
  'deepseek/deepseek-chat',
  'groq/openai/gpt-oss-120b',
  'groq/llama-3.3-70b-versatile',
  'mistral/mistral-large-latest',
  'xai/grok-4',
  'fireworks_ai/accounts/fireworks/models/gpt-oss-120b',
  'dashscope/qwen-plus-latest',
  'dashscope/qwen3-coder-plus',
  'volcengine/doubao-seed-2-0-pro-260215',
  'perplexity/sonar-deep-research',
  'azure/gpt-4o',
  'openrouter/anthropic/claude-sonnet-4.5',
].map((id) => ({ provider: id.slice(0, id.indexOf('/')), model: id.slice(id.indexOf('/') + 1) }))

/** LiteLLM takes the maker for the provider, and then finds no prices. */
const unpricedThere = /^vertex_ai (openai|xai)\//

const everyModel = Object.entries(data.models).flatMap(([key, names]) => {
  const provider = key === 'bedrock_converse' ? 'bedrock' : key
  return Object.keys(names)
    .map((name) => ({ provider, model: name.replace(/^\//, '') }))
    .filter(({ model }) => !unpricedThere.test(`${provider} ${model}`))
})

interface Case {
  name: string
  usage: BilledUsage
  prices: Prices | null
  litellm: { cost: number; saved: number }
}

describe('over every shape of usage', () => {
  let cases: Case[] = []
  beforeAll(async () => {
    cases = await priced(models, usageShapes)
  }, 120_000)

  test('a cost that is told is LiteLLM’s own', () => {
    const told = cases.filter(({ usage, prices }) => computeCost(usage, prices) !== null)
    expect(
      told.filter((one) => !same(computeCost(one.usage, one.prices), one.litellm.cost)),
    ).toEqual([])
    const perModel = models.map(({ provider, model }) => {
      return told.filter(({ name }) => name === `${provider}/${model}`).length
    })
    expect(perModel.filter((shapes) => shapes >= 24).length).toBeGreaterThan(20)
  })

  test('a cost is untold only where LiteLLM counts tokens of unknown price as free', () => {
    // A call has input, so a count of 0 is a missing one, which LiteLLM takes for free.
    const untold = cases.filter(
      ({ usage, prices }) => computeCost(usage, prices) === null && usage.inputTokens > 0,
    )
    expect(untold.filter((one) => !same(costUnknownAsFree(one), one.litellm.cost))).toEqual([])
  })

  test('what the cache saved is what LiteLLM says', () => {
    const told = cases.filter(({ usage, prices }) => {
      // LiteLLM takes a write that is free for one of unknown price, though it bills nothing for it.
      return savedUsd(usage, prices) !== null && prices?.cacheWrite !== 0
    })
    expect(told.filter((one) => !same(savedUsd(one.usage, one.prices), one.litellm.saved))).toEqual(
      [],
    )
    expect(told.length).toBeGreaterThan(300)
  })
})

test('every model of the price map costs what LiteLLM says', async () => {
  const shapes = [
    { input: 2000, output: 50, reasoning: 10 },
    { input: 300_001, output: 900, read: 100_000, written: 100_000, reasoning: 400 },
  ]
  const cases = await priced(everyModel, shapes)
  const wrong = cases.filter((one) => !same(costUnknownAsFree(one), one.litellm.cost))
  // LiteLLM prices two of Together's models, which the map names without prices, by their size.
  expect([...new Set(wrong.map(({ name }) => name))]).toEqual([
    'together_ai/meta-llama/Llama-3.2-3B-Instruct-Turbo',
    'together_ai/togethercomputer/CodeLlama-34b-Instruct',
  ])
  expect(cases.length).toBeGreaterThan(5000)
}, 120_000)

async function priced(names: readonly ModelName[], shapes: readonly Counts[]): Promise<Case[]> {
  const known = await Promise.all(
    names.map(async (name) => ({ ...name, info: await modelInfo(name) })),
  )
  const cases = known.flatMap(({ provider, model, info }) => {
    if (!info) throw new Error(`${provider}/${model} is not in the map`)
    return shapes.map((shape) => ({ provider, model, prices: info.prices, shape }))
  })
  const questions = cases.map(({ provider, model, shape }) => ({
    provider,
    model,
    usage: rawUsage(shape),
  }))
  const answers = (await runPython('completion_cost.py', questions)) as Case['litellm'][]
  return cases.flatMap(({ provider, model, prices, shape }, at) => {
    const { written1h } = shape
    const reported = chatUsage(rawUsage(shape))
    if (!reported) return []
    const usage: BilledUsage = {
      ...reported,
      ...(written1h !== undefined && { cacheWrite1hInputTokens: written1h }),
    }
    const litellm = answers[at] as Case['litellm']
    return [{ name: `${provider}/${model}`, usage, prices, litellm }]
  })
}

function same(ours: number | null, theirs: number): boolean {
  return ours !== null && Math.abs(ours - theirs) <= 1e-9
}

function costUnknownAsFree({ usage, prices }: Case): number | null {
  if (prices === null) return 0
  const { tiers, ...base } = prices
  return computeCost(usage, { ...zeros(base), tiers: tiers.map(zeros) })
}

function zeros<T extends TokenPrices>(prices: T): T {
  const known = Object.entries(prices).map(([kind, price]) => [kind, price ?? 0])
  return Object.fromEntries(known) as T
}

describe('by hand', () => {
  const prices: Prices = {
    input: 3e-6,
    output: 15e-6,
    cacheRead: 0.3e-6,
    cacheWrite: 3.75e-6,
    cacheWrite1h: null,
    reasoning: 15e-6,
    tiers: [
      {
        fromInputTokens: 200_001,
        input: 6e-6,
        output: 22.5e-6,
        cacheRead: null,
        cacheWrite: null,
        cacheWrite1h: null,
        reasoning: 22.5e-6,
      },
    ],
  }
  const usage = { inputTokens: 1000, outputTokens: 10, totalTokens: 1010 }

  test('an unknown price makes the cost unknown, never smaller', () => {
    expect(computeCost(usage, null)).toBeNull()
    const written = { ...usage, cacheWriteInputTokens: 500 }
    expect(computeCost(written, prices)).toBeCloseTo(500 * 3e-6 + 500 * 3.75e-6 + 150e-6, 12)
    expect(computeCost({ ...written, cacheWrite1hInputTokens: 1 }, prices)).toBeNull()
  })

  test('savings are negative on a write, positive on a read, and unknown where nobody told', () => {
    expect(savedUsd({ ...usage, cacheWriteInputTokens: 1000 }, prices)).toBeCloseTo(-0.00075, 12)
    expect(savedUsd({ ...usage, cacheReadInputTokens: 1000 }, prices)).toBeCloseTo(0.0027, 12)
    expect(savedUsd({ ...usage, cacheReadInputTokens: 0 }, prices)).toBe(0)
    expect(savedUsd(usage, prices)).toBeNull()
    expect(savedUsd({ ...usage, cacheReadInputTokens: 1 }, null)).toBeNull()
  })

  test('the most that a call can cost is what its dearest mix of tokens costs', () => {
    expect(maxCallCost(1000, 100, prices, 'none')).toBeCloseTo(1000 * 3e-6 + 100 * 15e-6, 12)
    expect(maxCallCost(1000, 100, prices, '5m')).toBeCloseTo(1000 * 3.75e-6 + 100 * 15e-6, 12)
    expect(maxCallCost(1000, 100, { ...prices, cacheWrite1h: 6e-6 })).toBeCloseTo(0.0075, 12)
    expect(maxCallCost(200_001, 0, prices, '5m')).toBeCloseTo(200_001 * 6e-6, 12)
    expect(maxCallCost(1000, 100, { ...prices, output: null })).toBeNull()
    expect(maxCallCost(1000, 100, null)).toBeNull()
  })
})
