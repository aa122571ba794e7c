// The scripted MCP server over stdio. TOOL_SERVER_ERA: both (default), legacy, or strict, which is
// legacy and ends at the first request that is not `initialize`. TOOL_SERVER_DEAF: it does not end
// when its stdin does or when it is asked to. TOOL_SERVER_BROKEN: it ends at once.
import { Server as Server1 } from '@modelcontextprotocol/sdk/server/index.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { Server } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { about, capabilities, serve1, serve2 } from './tools.mjs'

const { TOOL_SERVER_ERA: era = 'both', TOOL_SERVER_BROKEN, TOOL_SERVER_DEAF } = process.env

process.stderr.write(`a word on stderr with ${process.env.TOOL_SERVER_TOKEN}\n`)
if (TOOL_SERVER_BROKEN) process.exit(1)
if (TOOL_SERVER_DEAF) {
  process.on('SIGTERM', () => {})
  setInterval(() => {}, 1000)
}

if (era === 'both') {
  serveStdio(() => {
    const server = new Server(about, capabilities)
    return serve2(server, () => server.sendToolListChanged())
  })
} else {
  const transport = new StdioServerTransport()
  await serve1(new Server1(about, capabilities)).connect(transport)
  const { onmessage } = transport
  transport.onmessage = (message, extra) => {
    if (era === 'strict' && message.method === 'server/discover') process.exit(1)
    onmessage(message, extra)
  }
}
