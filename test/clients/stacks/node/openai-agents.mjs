import { setOpenAIAPI, setTracingDisabled } from '@openai/agents'

setOpenAIAPI('chat_completions')
setTracingDisabled(true)

// docs: begin
import { Agent, MCPServerStdio, MCPServerStreamableHttp, run } from '@openai/agents'

const stdio = new MCPServerStdio({
  command: 'node',
  args: ['dist/main.js'],
  env: { LITELLM_AGENTS_MODEL_ID: 'offline/demo' },
  clientSessionTimeoutSeconds: 60,
})
const http = new MCPServerStreamableHttp({
  url: process.env.LITELLM_AGENTS_URL,
  requestInit: { headers: { Authorization: `Bearer ${process.env.LITELLM_AGENTS_AUTH_TOKEN}` } },
  clientSessionTimeoutSeconds: 60,
})

async function main(server) {
  await server.connect()
  const agent = new Agent({ name: 'assistant', mcpServers: [server] })
  const result = await run(agent, 'Ask another model what 17*23 is.')
  console.log(result.finalOutput)
  await server.close()
}

await main({ stdio, http }[process.argv[2]])
