import {
  Agent,
  type CostSource,
  calculator,
  LiteLLMModel,
  type LiteLLMModelConfig,
  type Usage,
} from 'litellm-agents-mcp'
import type { FakeProvider, JsonObject } from './fake-provider/index.js'
import type { LiteLLMProxy } from './litellm-proxy.js'

/** The four ways to one Claude, and the routes of OpenAI's and Google's own models. */
export function fourRoutes(fake: FakeProvider, proxy: LiteLLMProxy) {
  const toProxy = { api_key: proxy.key, api_base: proxy.url, use_litellm_proxy: true }
  const routes: Record<string, LiteLLMModelConfig> = {
    'proxy, OpenAI wire': { modelId: 'claude', clientArgs: toProxy },
    'proxy, Messages wire': { modelId: 'claude', clientArgs: { ...toProxy, wire: 'anthropic' } },
    'direct Anthropic': {
      modelId: 'anthropic/claude-sonnet-4-6',
      clientArgs: { api_key: 'sk-ant-test-0123456789', api_base: fake.url },
    },
    'direct Bedrock': {
      modelId: 'bedrock/global.anthropic.claude-sonnet-4-6',
      clientArgs: {
        api_base: fake.url,
        aws_region_name: 'us-east-1',
        aws_access_key_id: 'AKIATEST',
        aws_secret_access_key: 'secret-test',
      },
    },
    [responsesRouteName]: {
      modelId: 'openai/responses/gpt-5.6',
      clientArgs: { api_key: 'sk-test-0123456789', api_base: `${fake.url}/v1` },
    },
    [googleRouteName]: {
      modelId: 'gemini/gemini-3-flash-preview',
      clientArgs: { api_key: 'test-0123456789', api_base: `${fake.url}/v1beta` },
    },
  }
  return routes
}

/** OpenAI's model, prices and cache: the words and the tokens are the same, the cents are not. */
export const responsesRouteName = 'direct OpenAI Responses'

/** Google's model, prices and cache: the words are the same, the tokens and the cents are not. */
export const googleRouteName = 'direct Google'

const system = 'You are a careful bookkeeper. Compute with the calculator only. '.repeat(150)

export interface RouteOutcome {
  texts: string[]
  toolCalls: string[]
  usage: Usage | null
  costUsd: number | null
  savedUsd: number | null
  costSource: CostSource | undefined
  /** What the cache report says of each point after the last call. */
  points: string[]
  /** What each point stood behind when the last request reached the provider. */
  landed: string[]
}

/**
 * The same agent on a route: tools and a system prompt with cache points, a tool loop, then a second
 * question, against a provider with Anthropic's cache rules.
 */
export async function runOnRoute(
  fake: FakeProvider,
  config: LiteLLMModelConfig,
): Promise<RouteOutcome> {
  fake.reset()
  fake.script(
    {
      text: 'I shall compute.',
      toolCalls: [
        { id: 'toolu_1', name: 'calculator', arguments: { expression: '12*12' } },
        { id: 'toolu_2', name: 'calculator', arguments: { expression: '7+5' } },
      ],
    },
    { text: 'It is 144 and 12.' },
    { text: 'You are welcome.' },
  )
  const agent = new Agent({
    model: new LiteLLMModel({ ...config, params: { max_tokens: 1000 } }, { env: {} }),
    tools: [calculator, { cachePoint: { type: 'default' } }],
    systemPrompt: [{ text: system }, { cachePoint: { type: 'default' } }],
  })
  const first = await agent.invoke('What are 12*12 and 7+5?')
  const second = await agent.invoke('Thanks.')
  const uses = agent.messages.flatMap(({ content }) =>
    content.flatMap((block) => ('toolUse' in block ? [block.toolUse] : [])),
  )
  const costs = [first.metrics.costUsd, second.metrics.costUsd]
  const saved = [first.metrics.cache.savedUsd, second.metrics.cache.savedUsd]
  return {
    texts: [first.text, second.text],
    toolCalls: uses.map(({ name, input }) => `${name} ${JSON.stringify(input)}`),
    usage: second.metrics.accumulatedUsage,
    costUsd: total(costs),
    savedUsd: total(saved),
    costSource: second.metrics.cycles[0]?.costSource,
    points: second.metrics.cache.points.map(({ at, effect, reason }) =>
      [at, reason === 'unsupported' ? reason : effect].join(' '),
    ),
    landed: landedPoints(fake.modelRequests.at(-1)?.body ?? {}),
  }
}

/** Anthropic marks the block before a point, Bedrock puts the point behind it. */
function landedPoints({ tools, toolConfig, system, input, cachedContent }: JsonObject): string[] {
  if (cachedContent) return ['in a cache of its own: the tool list and the system text']
  if (input) return ['none: cached by itself']
  const marked = (blocks: JsonObject[] = []) =>
    blocks.filter((block, at) => block.cache_control ?? blocks[at + 1]?.cachePoint)
  const named = marked(tools ?? toolConfig?.tools).map(
    ({ name, toolSpec }) => `after the tool ${name ?? toolSpec.name}`,
  )
  return [...named, ...marked(system).map(() => 'after the system text')]
}

function total(values: (number | null)[]): number | null {
  return values.includes(null)
    ? null
    : values.reduce<number>((sum, value) => sum + (value as number), 0)
}
