import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  Agent,
  AgentError,
  type AgentResult,
  type Limits,
  LiteLLMModel,
  type SystemPrompt,
  tool,
} from '../../src/index.js'
import {
  type Bill,
  type FakeProvider,
  type ModelRequest,
  type Step,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { Random } from '../helpers/random.js'

const scripts = 200
const maxCostUsd = 0.05

/** USD per million tokens, from LiteLLM's price map. */
const prices: Record<string, Record<keyof Bill, number>> = {
  'claude-sonnet-4-6': { input: 3, read: 0.3, written5m: 3.75, written1h: 6, output: 15 },
  'claude-haiku-4-5-20251001': { input: 1, read: 0.1, written5m: 1.25, written1h: 2, output: 5 },
  'gpt-4o': { input: 2.5, read: 1.25, written5m: 0, written1h: 0, output: 10 },
  'gpt-4o-mini': { input: 0.15, read: 0.075, written5m: 0, written1h: 0, output: 0.6 },
}
const modelIds = Object.keys(prices).map((name) =>
  name.startsWith('claude') ? `anthropic/${name}` : `openai/${name}`,
)

/** The scripts in which a non-streaming response was interrupted. */
const lost = new Set<number>()

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())

test(`a run never spends more than maxCostUsd, including nested and parallel agents (${scripts} random scripts)`, async () => {
  const times = new Map<string, number>()
  fake.script(
    ...Array.from({ length: scripts * 100 }, () => (request: ModelRequest) => {
      const { system, body, headers } = request
      const seed = JSON.stringify([headers['x-script'], system, body.messages])
      const time = (times.get(seed) ?? 0) + 1
      times.set(seed, time)
      return answer(request, new Random(seed, time))
    }),
  )
  const ends: (AgentResult | AgentError)[] = []
  const next = Array.from({ length: scripts }, (_, script) => script)
  const worker = async () => {
    for (let script = next.shift(); script !== undefined; script = next.shift())
      ends[script] = await run(script)
  }
  await Promise.all(Array.from({ length: 8 }, worker))

  const spent = ends.map((_, script) => {
    const bills = fake.modelRequests.filter(({ headers }) => headers['x-script'] === `${script}`)
    return bills.reduce((sum, { billed, body }) => sum + priceOf(billed, body.model), 0)
  })
  expect(spent.filter((usd) => usd > maxCostUsd + 1e-12)).toEqual([])

  // Reported costs equal what the provider counted, except for lost responses that were retried.
  const wrong = ends.filter(({ metrics }, script) => {
    const reported = metrics?.costUsd ?? null
    return (
      reported !== null && !lost.has(script) && Math.abs(reported - (spent[script] ?? 0)) > 1e-9
    )
  })
  expect(wrong).toEqual([])

  // The test is meaningful only if many scripts come close to the limit.
  const limited = ends.filter((end) => 'limit' in end && end.limit?.name === 'maxCostUsd')
  expect(limited.length).toBeGreaterThan(scripts / 5)
  expect(spent.filter((usd) => usd > maxCostUsd * 0.8).length).toBeGreaterThan(scripts / 10)
  const below = ends.filter(({ metrics }) => metrics?.agents)
  expect(below.length).toBeGreaterThan(scripts / 4)
}, 60_000)

async function run(script: number): Promise<AgentResult | AgentError> {
  const random = new Random('script', script)
  const lookup = tool({
    name: 'lookup',
    description: 'Looks something up.',
    inputSchema: { type: 'object', properties: { size: { type: 'number' } } },
    handler: ({ size }) => 'Found it. '.repeat(Number(size)),
  })
  const make = (name: string, below: Agent[], limits: Limits) =>
    new Agent({
      name,
      model: modelFor(script, random),
      systemPrompt: systemPrompt(name, random),
      tools: [lookup, ...below.map((agent) => agent.asTool({ description: 'Helps.' }))],
      limits,
    })
  const own = () => (random.chance(0.3) ? { maxCostUsd: 0.005 + random.next() / 50 } : {})
  const gamma = make('gamma', [], own())
  const alpha = make('alpha', [gamma], own())
  const beta = make('beta', [], own())
  const lead = make('lead', [alpha, beta], { maxCostUsd })
  try {
    return await lead.invoke('Start. '.repeat(1 + random.below(300)))
  } catch (error) {
    if (error instanceof AgentError) return error
    throw error
  }
}

function modelFor(script: number, random: Random): LiteLLMModel {
  const modelId = random.one(modelIds)
  const api_base = modelId.startsWith('openai') ? `${fake.url}/v1` : fake.url
  return new LiteLLMModel(
    {
      modelId,
      clientArgs: {
        api_key: 'sk-test-0123456789',
        api_base,
        num_retries: 2,
        extra_headers: { 'x-script': `${script}` },
      },
      stream: random.chance(0.8),
      ...(random.chance(0.5) && { params: { max_tokens: 50 + random.below(4000) } }),
      ...(random.chance(0.3) && { cache: 'auto' as const }),
    },
    { env: {} },
  )
}

function systemPrompt(name: string, random: Random): SystemPrompt {
  const text = `You are ${name}. ${'Mind the rules. '.repeat(random.below(700))}`
  if (random.chance(0.5)) return text
  const ttl = random.one(['5m', '1h'] as const)
  return [{ text }, { cachePoint: { type: 'default', ttl } }]
}

/** A provider that respects the requested output limit and often uses all of it. */
function answer({ body, headers, stream, tools }: ModelRequest, random: Random): Step {
  if (random.chance(0.08)) return refusal(random)
  const longest = 4 * Number(body.max_tokens ?? body.max_completion_tokens ?? 16_384)
  const toolCalls = random.chance(0.75) ? calls(tools, random) : []
  const taken = toolCalls.reduce((sum, call) => sum + JSON.stringify(call).length, 0)
  if (taken > longest) return { text: 'x'.repeat(longest), stopReason: 'length' }
  const room = longest - taken
  const length = random.chance(0.15) ? room : Math.min(room, random.below(3_000))
  const text = 'Some words. '.repeat(Math.ceil(length / 12)).slice(0, length)
  if (random.chance(0.04)) {
    if (!stream) lost.add(Number(headers['x-script']))
    return { text, end: 'reset' }
  }
  return {
    text,
    toolCalls,
    ...(length === room && toolCalls.length === 0 && { stopReason: 'length' }),
  }
}

function refusal(random: Random): Step {
  const status = random.one([429, 500, 529])
  return { raw: { status, headers: { 'retry-after-ms': '1' } } }
}

function calls(tools: ModelRequest['tools'], random: Random) {
  return Array.from({ length: 1 + random.below(3) }, () => {
    const { name } = random.one(tools)
    const input =
      name === 'lookup'
        ? { size: random.below(400) }
        : { prompt: 'Help. '.repeat(random.below(50)) }
    return { name, arguments: input }
  })
}

function priceOf(bill: Bill | undefined, model: string): number {
  if (!bill) return 0
  const kinds = Object.keys(bill) as (keyof Bill)[]
  return kinds.reduce((sum, kind) => sum + (bill[kind] * (prices[model]?.[kind] ?? NaN)) / 1e6, 0)
}
