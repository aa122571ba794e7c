import type { Config } from '../config/resolve.js'
import type { ResultStore } from '../mcp/result-store.js'
import type { ToolsetLog } from '../toolsets/mcp/server.js'
import type { FoundTools, McpToolsets } from '../toolsets/mcp/toolsets.js'
import { version } from '../version.js'

interface McpToolsRun {
  principal: string
  /** Selects only tools that declare themselves read-only. */
  readOnly: boolean
  signal: AbortSignal
}

/** Provides the tools of other MCP servers. */
export interface McpTools {
  /** Finds tools by `server/tool`. Both parts may contain globs. */
  find(patterns: readonly string[], run: McpToolsRun): Promise<FoundTools>
  /** Applies a new configuration. Servers whose settings are unchanged keep running. */
  update(config: Config): void
  /** Stops the servers that were started. */
  close(): Promise<void>
}

/**
 * Returns the tools of other servers. The first run that names such a tool loads the MCP client.
 */
export function mcpTools(config: Config, log: ToolsetLog, results: ResultStore): McpTools {
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
