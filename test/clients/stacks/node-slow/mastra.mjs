import { createOpenAICompatible } from '@ai-sdk/openai-compatible'

const provider = { name: 'scripted', baseURL: process.env.OPENAI_BASE_URL }
const model = createOpenAICompatible(provider)('scripted')

// docs: begin
import { Agent } from '@mastra/core/agent'
import { MCPClient } from '@mastra/mcp'

const stdio = {
  command: 'node',
  args: ['dist/main.js'],
  env: { LITELLM_AGENTS_MODEL_ID: 'offline/demo' },
}
const http = {
  url: new URL(process.env.LITELLM_AGENTS_URL),
  requestInit: { headers: { Authorization: `Bearer ${process.env.LITELLM_AGENTS_AUTH_TOKEN}` } },
}

async function main(server) {
  const client = new MCPClient({ servers: { agents: server } })
  const agent = new Agent({
    id: 'assistant',
    name: 'assistant',
    instructions: 'You help.',
    model,
    tools: await client.listTools(),
  })
  const { text } = await agent.generate('Ask another model what 17*23 is.', { maxSteps: 10 })
  console.log(text)
  await client.disconnect()
}

await main({ stdio, http }[process.argv[2]])
