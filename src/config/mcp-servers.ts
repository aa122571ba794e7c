import { resolve } from 'node:path'
import type { ConfigProblem } from './problems.js'
import type { FileContent } from './schema.js'

/** Another MCP server whose tools agents may use. */
export type McpServerConfig = (StdioServerConfig | HttpServerConfig) & {
  /** The tools that agents may use, by name or glob; `undefined` if all. */
  tools?: string[]
  /** Whether only tools with `readOnlyHint` may be used. */
  readOnly: boolean
  timeoutSeconds?: number
  /** So many of its tools go to a model at most, the first by name. */
  maxTools?: number
}

export interface StdioServerConfig {
  command: string
  args: string[]
  /** Variables of the server. Besides these it gets only PATH, HOME and the like. */
  env: Record<string, string>
  cwd?: string
}

export interface HttpServerConfig {
  url: string
  headers: Record<string, string>
  type: 'http' | 'sse'
}

type FileServer = NonNullable<FileContent['mcpServers']>[string]

const stdioKeys = ['command', 'args', 'env', 'cwd'] as const
const httpKeys = ['url', 'headers'] as const

/** Returns a server, or `undefined` if its keys contradict each other, which adds problems. `cwd` is relative to the file. */
export function mcpServer(
  name: string,
  server: FileServer,
  folder: string,
  problems: ConfigProblem[],
): McpServerConfig | undefined {
  const { type, command, args = [], env = {}, cwd, url, headers = {}, ...rest } = server
  const path = ['mcpServers', name]
  if ((command === undefined) === (url === undefined)) {
    problems.push({ path, message: 'must have exactly one of the keys command, url' })
    return undefined
  }
  const [kind, strays] = command === undefined ? ['url', stdioKeys] : ['command', httpKeys]
  for (const key of strays)
    if (server[key as keyof FileServer] !== undefined)
      problems.push({ path: [...path, key], message: `cannot be combined with ${kind}` })
  if (type !== undefined && (type === 'stdio') !== (kind === 'command'))
    problems.push({ path: [...path, 'type'], message: `cannot be combined with ${kind}` })
  const common = { ...rest, readOnly: rest.readOnly ?? false }
  if (command !== undefined)
    return {
      command,
      args,
      env,
      ...(cwd !== undefined && { cwd: resolve(folder, cwd) }),
      ...common,
    }
  return { url: url as string, headers, type: type === 'sse' ? 'sse' : 'http', ...common }
}
