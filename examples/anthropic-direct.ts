// Straight at Anthropic: an agent with a calculator, then a system prompt that Anthropic caches.
import { Agent, calculator, LiteLLMModel, type SystemContentBlock } from 'litellm-agents-mcp'

const model = new LiteLLMModel({
  clientArgs: {
    api_key: process.env.ANTHROPIC_API_KEY ?? '<KEY>',
  },
  modelId: 'anthropic/claude-sonnet-4-6',
  params: {
    max_tokens: 1000,
  },
})

const agent = new Agent({ model, tools: [calculator] })
const response = await agent.invoke('What is 2+2')
console.log(String(response))

const systemContent: SystemContentBlock[] = [
  {
    text:
      'You are a helpful assistant that provides concise answers. ' +
      'This is a long system prompt with detailed instructions...'.repeat(1000),
  },
  { cachePoint: { type: 'default' } },
]
const cachedAgent = new Agent({ model, systemPrompt: systemContent })

// The first call writes the cache.
const response1 = await cachedAgent.invoke('Tell me about Python')
console.log('Cache write tokens:', response1.usage?.cacheWriteInputTokens)
console.log('Cache read tokens:', response1.usage?.cacheReadInputTokens)

// The second call reads it.
const response2 = await cachedAgent.invoke('Tell me about JavaScript')
console.log('Cache write tokens:', response2.usage?.cacheWriteInputTokens)
console.log('Cache read tokens:', response2.usage?.cacheReadInputTokens)
