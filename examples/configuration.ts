// Client and model configuration: LiteLLM's client arguments in clientArgs, the request's
// parameters in params, both by LiteLLM's names.
import { Agent, LiteLLMModel } from 'litellm-agents-mcp'

const model = new LiteLLMModel({
  clientArgs: {
    api_key: process.env.LITELLM_PROXY_API_KEY ?? '<PROXY_KEY>',
    api_base: process.env.LITELLM_PROXY_API_BASE ?? '<PROXY_URL>',
    use_litellm_proxy: true,
    timeout: 60, // seconds, for the whole call
    num_retries: 1,
    extra_headers: { 'x-litellm-tags': 'examples' },
  },
  modelId: 'gpt',
  params: {
    max_tokens: 1000,
    temperature: 0.7,
    top_p: 0.9,
    stop: ['END'],
    user: 'example-user',
  },
})

const agent = new Agent({ model, systemPrompt: 'You answer in one sentence.' })
for await (const event of agent.stream('What is LiteLLM?')) {
  if (event.type === 'textDelta') process.stdout.write(event.text)
  if (event.type === 'result') console.log(`\n${event.result.stopReason}`, event.result.usage)
}
