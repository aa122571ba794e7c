// LiteLLM Proxy, option 1: use_litellm_proxy.
import { Agent, calculator, LiteLLMModel } from 'litellm-agents-mcp'

const model = new LiteLLMModel({
  clientArgs: {
    api_key: process.env.LITELLM_PROXY_API_KEY ?? '<PROXY_KEY>',
    api_base: process.env.LITELLM_PROXY_API_BASE ?? '<PROXY_URL>',
    use_litellm_proxy: true,
  },
  modelId: 'amazon.nova-lite-v1:0',
  params: {
    max_tokens: 1000,
    temperature: 0.7,
  },
})

const agent = new Agent({ model, tools: [calculator] })
const response = await agent.invoke('What is 2+2')
console.log(String(response))
