import { OpenAIModel } from '@strands-agents/sdk/models/openai'

const model = new OpenAIModel({ api: 'chat', modelId: 'scripted' })

// docs: begin
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { Agent, McpClient } from '@strands-agents/sdk'

const stdio = () =>
  new McpClient({
    transport: new StdioClientTransport({
      command: 'node',
      args: ['dist/main.js'],
      env: { LITELLM_AGENTS_MODEL_ID: 'offline/demo' },
    }),
  })
const http = () =>
  new McpClient({
    url: process.env.LITELLM_AGENTS_URL,
    headers: { Authorization: `Bearer ${process.env.LITELLM_AGENTS_AUTH_TOKEN}` },
  })

async function main(connect) {
  const client = connect()
  const agent = new Agent({ model, tools: [client], printer: false })
  console.log(String(await agent.invoke('Ask another model what 17*23 is.')))
  await client.disconnect()
}

await main({ stdio, http }[process.argv[2]])
