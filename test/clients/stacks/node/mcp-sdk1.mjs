// docs: begin
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

const stdio = new StdioClientTransport({
  command: 'node',
  args: ['dist/main.js'],
  env: { LITELLM_AGENTS_MODEL_ID: 'offline/demo' },
})
const http = new StreamableHTTPClientTransport(new URL(process.env.LITELLM_AGENTS_URL), {
  requestInit: { headers: { Authorization: `Bearer ${process.env.LITELLM_AGENTS_AUTH_TOKEN}` } },
})

async function main(transport) {
  const client = new Client({ name: 'mine', version: '1.0.0' })
  await client.connect(transport)
  const { structuredContent } = await client.callTool(
    { name: 'run_agent', arguments: { prompt: 'What is 17*23?', tools: ['calculator'] } },
    undefined,
    { timeout: 60_000, resetTimeoutOnProgress: true, onprogress: () => {} },
  )
  console.log(structuredContent.text)
  await client.close()
}

await main({ stdio, http }[process.argv[2]])
