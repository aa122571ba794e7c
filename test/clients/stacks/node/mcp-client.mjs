// docs: begin
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'

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
    // Each progress notification restarts the time that the client waits.
    { timeout: 60_000, resetTimeoutOnProgress: true, onprogress: () => {} },
  )
  console.log(structuredContent.text)
  await client.close()
}

await main({ stdio, http }[process.argv[2]])
