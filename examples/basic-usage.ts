// Basic usage: an agent with a calculator, straight at a provider.
import { Agent, calculator, LiteLLMModel } from 'litellm-agents-mcp'

const model = new LiteLLMModel({
  clientArgs: {
    api_key: process.env.OPENAI_API_KEY ?? '<KEY>',
  },
  // **model_config
  modelId: process.env.EXAMPLE_MODEL_ID ?? 'openai/gpt-4o-mini',
  params: {
    max_tokens: 1000,
    temperature: 0.7,
  },
})

const agent = new Agent({ model, tools: [calculator] })
const response = await agent.invoke('What is 2+2')
console.log(String(response))
