import { ChatOpenAI } from '@langchain/openai'

const model = new ChatOpenAI({ model: 'scripted' })

// docs: begin
import { MultiServerMCPClient } from '@langchain/mcp-adapters'
import { createAgent } from 'langchain'

const stdio = {
  transport: 'stdio',
  command: 'node',
  args: ['dist/main.js'],
  env: { LITELLM_AGENTS_MODEL_ID: 'offline/demo' },
}
const http = {
  transport: 'http',
  url: process.env.LITELLM_AGENTS_URL,
  headers: { Authorization: `Bearer ${process.env.LITELLM_AGENTS_AUTH_TOKEN}` },
}

async function main(connection) {
  const client = new MultiServerMCPClient({ agents: connection })
  const agent = createAgent({ model, tools: await client.getTools() })
  const question = { role: 'user', content: 'Ask another model what 17*23 is.' }
  const { messages } = await agent.invoke({ messages: [question] })
  console.log(messages.at(-1).text)
  await client.close()
}

await main({ stdio, http }[process.argv[2]])
