import type { Config } from '../config/resolve.js'
import type { KeptResults } from '../mcp/kept-results.js'
import type { ToolsetLog } from '../toolsets/mcp/server.js'
import type { FoundTools, McpToolsets } from '../toolsets/mcp/toolsets.js'
import { version } from '../version.js'

interface McpToolsRun {
  principal: string
  /** Only tools that say they change nothing. */
  readOnly: boolean
  signal: AbortSignal
}

/** The tools of other MCP servers. */
export interface McpTools {
  /** By `server/tool`, globs in either part. */
  find(patterns: readonly string[], run: McpToolsRun): Promise<FoundTools>
  /** Takes a new configuration; servers that it leaves as they are go on. */
  update(config: Config): void
  /** Ends the servers that were started. */
  close(): Promise<void>
}

/** The client of other servers is loaded with the first run that names one of their tools. */
export function mcpTools(config: Config, log: ToolsetLog, results: KeptResults): McpTools {
  let current = config
  let toolsets: Promise<McpToolsets> | undefined
  return {
    find: async (patterns, { principal, readOnly, signal }) => {
      toolsets ??= import('../toolsets/mcp/toolsets.js').then(
        (module) => new module.McpToolsets(current.mcpServers, { version, log }),
      )
      return (await toolsets).tools(patterns, {
        signal,
        readOnly,
        maxChars: current.defaults.maxToolResultChars,
        keepWhole: (text, mimeType) => {
          const id = results.keep(principal, { text, mimeType })
          return id && `litellm-agents://results/${id}`
        },
      })
    },
    update: (next) => {
      current = next
      void toolsets?.then((started) => started.update(next.mcpServers))
    },
    close: async () => (await toolsets)?.close(),
  }
}
