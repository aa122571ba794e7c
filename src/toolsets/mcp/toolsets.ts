import type { Tool as McpTool } from '@modelcontextprotocol/client'
import { cancelledError, configurationError } from '../../agent/errors.js'
import { budgetMetaKey, budgetToPass, readBudget } from '../../agent/tools/budget-meta.js'
import type { Tool } from '../../agent/tools/tool.js'
import type { McpServerConfig } from '../../config/mcp-servers.js'
import { cutText } from '../../util/cut-text.js'
import { matchesAny, matchesGlob } from '../../util/glob.js'
import type { JsonObject } from '../../util/json.js'
import { wellFormed } from '../../util/well-formed.js'
import { providerName, splitToolName, toolName } from './names.js'
import { type ResultOptions, toolOutput } from './results.js'
import { type ListOptions, McpServer, type McpServerOptions } from './server.js'
import { reportSpending } from './spending.js'

type Servers = ReadonlyMap<string, McpServerConfig>

export interface FindToolsOptions extends ResultOptions, ListOptions {}

export interface FoundTools {
  tools: Tool[]
  /** Why tools are missing: a server did not start, or does not have them. */
  problems: string[]
}

/** The tools of other MCP servers, which all runs share. */
export class McpToolsets {
  private servers = new Map<string, McpServer>()
  /** Servers that are no longer configured, but whose tools runs may still use. */
  private readonly retired = new Set<McpServer>()

  constructor(
    servers: Servers,
    private readonly options: McpServerOptions,
  ) {
    this.update(servers)
  }

  /** Applies a new configuration. Unchanged servers continue; others end once no run uses them. */
  update(servers: Servers): void {
    const before = this.servers
    this.servers = new Map(
      [...servers].map(([name, config]) => {
        const known = before.get(name)
        const same = known && JSON.stringify(known.config) === JSON.stringify(config)
        return [name, same ? known : new McpServer(name, config, this.options)]
      }),
    )
    for (const server of before.values()) {
      if (this.servers.get(server.name) === server) continue
      this.retired.add(server)
      server.retire()
    }
  }

  /**
   * Returns the tools that match one of the patterns, `server/tool` with globs in either part, sorted
   * by server and name. Starts only matching servers, in parallel. Fails if no server matches a pattern.
   */
  async tools(patterns: readonly string[], options: FindToolsOptions): Promise<FoundTools> {
    const wanted = new Map<McpServer, string[]>()
    for (const pattern of patterns) {
      const { server: glob, tool } = splitToolName(pattern)
      const servers = [...this.servers.values()].filter(({ name }) => matchesGlob(glob, name))
      if (servers.length === 0) throw this.noServer(pattern, glob)
      for (const server of servers) wanted.set(server, [...(wanted.get(server) ?? []), tool])
    }
    const servers = [...wanted].sort(([one], [other]) => (one.name < other.name ? -1 : 1))
    const found = await Promise.all(
      servers.map(([server, globs]) => serverTools(server, globs, options)),
    )
    return {
      tools: found.flatMap(({ tools }) => tools),
      problems: found.flatMap(({ problems }) => problems),
    }
  }

  /** Ends all servers. */
  async close(): Promise<void> {
    const all = [...this.servers.values(), ...this.retired]
    await Promise.all(all.map((server) => server.close()))
  }

  private noServer(pattern: string, server: string) {
    const names = [...this.servers.keys()]
    return configurationError(
      `There is no MCP server ${JSON.stringify(server)} for the tool ${JSON.stringify(pattern)}.`,
      names.length > 0
        ? `Name a tool of ${names.join(', ')}, or add the server to mcpServers in the configuration file.`
        : 'Add the server to mcpServers in the configuration file.',
    )
  }
}

/** Providers refuse more tools in one request. */
const usualMaxTools = 128
/** Limits a name in the list of what a server offers. */
const maxNameChars = 100

async function serverTools(
  server: McpServer,
  globs: readonly string[],
  options: FindToolsOptions,
): Promise<FoundTools> {
  let listed: McpTool[]
  try {
    listed = await server.tools(options)
  } catch (error) {
    if (options.signal.aborted) throw cancelledError()
    const why = error instanceof Error ? error.message : String(error)
    return {
      tools: [],
      problems: [`The tools of the MCP server ${server.name} are missing. ${why}`],
    }
  }
  const { maxTools = usualMaxTools } = server.config
  const fitting = listed.filter(({ name }) => matchesAny(globs, name))
  const tools = fitting.slice(0, maxTools).map((tool) => agentTool(server, tool, options))
  const names = listed
    .slice(0, maxTools)
    .map(({ name }) => cutText(name, maxNameChars))
    .join(', ')
  const missing = globs.filter((glob) => !listed.some(({ name }) => matchesGlob(glob, name)))
  const problems = missing.map(
    (glob) =>
      `No tool of an MCP server fits ${toolName(server.name, glob)}; it offers: ${names || 'none'}.`,
  )
  if (fitting.length > maxTools)
    problems.push(
      `The MCP server ${server.name} offers ${fitting.length} tools; ${fitting.length - maxTools} of them are left out.`,
    )
  return { tools, problems }
}

/** The key is the same if a call is repeated after a crash. */
const idempotencyMetaKey = 'io.github.litellm-agents-mcp/idempotencyKey'

function agentTool(server: McpServer, tool: McpTool, options: FindToolsOptions): Tool {
  const { name, title, description, annotations, inputSchema } = tool
  const displayName = toolName(server.name, name)
  return {
    displayName,
    spec: wellFormed({
      name: providerName(server.name, name),
      description: description || title || annotations?.title || displayName,
      inputSchema: inputSchema as JsonObject,
    }),
    run: async (input, { idempotencyKey, signal, run }) => {
      const passed = run && budgetToPass(run)
      const meta = {
        // A server of this package limits its run to what is left of this run's budget.
        ...(passed && { [budgetMetaKey]: passed }),
        ...run?.span?.context,
        // A read-only call may be made twice.
        ...(idempotencyKey !== undefined &&
          annotations?.readOnlyHint !== true && { [idempotencyMetaKey]: idempotencyKey }),
      }
      const result = await server.call(tool, input, { signal, meta })
      if (run) reportSpending(server.name, result, run, readBudget(passed).limits)
      return toolOutput(result, options)
    },
  }
}
