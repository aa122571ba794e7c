import { isJsonObject, type JsonObject } from '../util/json.js'

export interface InlineServers {
  mcpServers: Record<string, JsonObject>
  notes: string[]
}

/** Keys of a server that the configuration takes, by the names that programs give them. */
const keys: Readonly<Record<string, string>> = {
  command: 'command',
  args: 'args',
  env: 'env',
  environment: 'env',
  cwd: 'cwd',
  url: 'url',
  httpUrl: 'url',
  serverUrl: 'url',
  headers: 'headers',
  http_headers: 'headers',
}

/** Returns servers in the form of `mcpServers`, and what their definitions say besides. */
export function inlineServers(servers: Readonly<Record<string, unknown>>): InlineServers {
  const mcpServers: Record<string, JsonObject> = {}
  const notes: string[] = []
  for (const [given, definition] of Object.entries(servers)) {
    const name = given.replaceAll(/[/*]/g, '-')
    const server = isJsonObject(definition) ? serverEntry(definition) : undefined
    if (!server) {
      notes.push(`the MCP server ${name} has neither a command nor a url`)
      continue
    }
    mcpServers[name] = server.entry
    if (server.unknown.length > 0)
      notes.push(`of the MCP server ${name}, ${server.unknown.join(', ')} left out`)
  }
  return { mcpServers, notes }
}

function serverEntry(definition: JsonObject): { entry: JsonObject; unknown: string[] } | undefined {
  const entry: Record<string, unknown> = {}
  const unknown: string[] = []
  for (const [name, value] of Object.entries(definition)) {
    const key = keys[name]
    if (key === 'command' && Array.isArray(value)) {
      const [command, ...args] = value.filter((part) => typeof part === 'string')
      Object.assign(entry, { command, args })
    } else if (key !== undefined) entry[key] = value
    else if (!['type', 'tools', 'enabled', 'disabled'].includes(name)) unknown.push(name)
  }
  if (definition.type === 'sse' && entry.url !== undefined) entry.type = 'sse'
  if (typeof entry.command !== 'string' && typeof entry.url !== 'string') return undefined
  return { entry: entry as JsonObject, unknown }
}
