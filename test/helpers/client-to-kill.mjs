// An MCP client that starts a run, prints its server's process id, and waits to be killed.
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'

const [, , program] = process.argv
const transport = new StdioClientTransport({
  command: process.execPath,
  args: [program],
  env: process.env,
})
const client = new Client({ name: 'doomed', version: '1' })
await client.connect(transport)
process.stdout.write(`${transport.pid}\n`)
await client.callTool({ name: 'run_agent', arguments: { prompt: 'Go on' } })
