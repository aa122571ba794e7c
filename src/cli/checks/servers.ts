import type { Config } from '../../config/resolve.js'
import { McpToolsets } from '../../toolsets/mcp/toolsets.js'
import { version } from '../../version.js'
import { counted } from '../numbers.js'
import { type Check, ok, problem } from './check.js'

const silent = { debug: () => {}, warn: () => {} }

/** Starts each configured MCP server and lists its tools. */
export async function serverChecks({ mcpServers }: Config): Promise<Check[]> {
  if (mcpServers.size === 0) return []
  const toolsets = new McpToolsets(mcpServers, { version, log: silent })
  const { signal } = new AbortController()
  const options = { signal, maxChars: 1, keepWhole: () => undefined }
  const check = async (server: string): Promise<Check> => {
    const name = `MCP server ${server}`
    const { problems, tools } = await toolsets.tools([`${server}/*`], options)
    if (problems.length === 0) return ok(name, `starts, ${counted(tools.length, 'tool')}`)
    const fix = `Check mcpServers.${server} in the configuration file: command, args and env, or url and headers.`
    return problem(name, problems.join(' '), fix)
  }
  try {
    return await Promise.all([...mcpServers.keys()].map(check))
  } finally {
    await toolsets.close()
  }
}
