// System prompt caching: the first call writes the cache, the second reads it.
import { Agent, LiteLLMModel, type SystemContentBlock } from 'litellm-agents-mcp'

const systemContent: SystemContentBlock[] = [
  {
    text:
      'You are a helpful assistant that provides concise answers. ' +
      'This is a long system prompt with detailed instructions...'.repeat(1000),
  },
  { cachePoint: { type: 'default' } },
]

const model = new LiteLLMModel({
  clientArgs: {
    api_key: process.env.LITELLM_PROXY_API_KEY ?? '<PROXY_KEY>',
    api_base: process.env.LITELLM_PROXY_API_BASE ?? '<PROXY_URL>',
  },
  modelId: 'litellm_proxy/claude',
})
const agent = new Agent({ model, systemPrompt: systemContent })

// The first call writes the cache.
const response1 = await agent.invoke('Tell me about Python')
console.log('Cache write tokens:', response1.metrics.accumulatedUsage?.cacheWriteInputTokens)
console.log('Cache read tokens:', response1.metrics.accumulatedUsage?.cacheReadInputTokens)

// The second call reads it.
const response2 = await agent.invoke('Tell me about JavaScript')
console.log('Cache write tokens:', response2.metrics.accumulatedUsage?.cacheWriteInputTokens)
console.log('Cache read tokens:', response2.metrics.accumulatedUsage?.cacheReadInputTokens)
