import { posix, win32 } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** How a client starts the server. */
export interface ServerEntry {
  command: string
  args: string[]
}

/** Where a client keeps its MCP servers, and how it writes one down. */
export interface Client {
  name: string
  title: string
  format: 'json' | 'toml'
  /** Under which the servers stand, by name. */
  key: string
  file: (place: Place) => string
  /** There where the client is, whether or not it has a file yet. Default: the file's folder. */
  sign?: (place: Place) => string
  /** `variables`: what the server needs of the environment, to be given by reference or not at all. */
  entry: (server: ServerEntry, variables: readonly string[]) => object
}

/** A user's folders, by the custom of the platform. */
export interface Place {
  join: (...parts: string[]) => string
  home: string
  /** Of programs with windows. */
  settings: string
  /** Of others. */
  config: string
  windows: boolean
  env: Environment
}

/** Pure. */
export function placeOf(platform: NodeJS.Platform, env: Environment, home: string): Place {
  const windows = platform === 'win32'
  const { join } = windows ? win32 : posix
  const config = env.XDG_CONFIG_HOME || join(home, '.config')
  const roaming = env.APPDATA || join(home, 'AppData', 'Roaming')
  const library = join(home, 'Library', 'Application Support')
  const settings = windows ? roaming : platform === 'darwin' ? library : config
  return { join, home, settings, config: windows ? roaming : config, windows, env }
}

const plain = (server: ServerEntry) => ({ ...server })
const typed = (server: ServerEntry) => ({ type: 'stdio', ...server })

/** With variables of the environment, in the client's own way of naming them. */
const referring =
  (reference: (name: string) => string) => (server: ServerEntry, variables: readonly string[]) => ({
    ...server,
    ...(variables.length > 0 && {
      env: Object.fromEntries(variables.map((name) => [name, reference(name)])),
    }),
  })

export const clients: readonly Client[] = [
  // https://modelcontextprotocol.io/docs/develop/connect-local-servers
  {
    name: 'claude-desktop',
    title: 'Claude Desktop',
    format: 'json',
    key: 'mcpServers',
    file: ({ join, settings }) => join(settings, 'Claude', 'claude_desktop_config.json'),
    entry: plain,
  },
  // https://code.claude.com/docs/en/mcp
  {
    name: 'claude-code',
    title: 'Claude Code',
    format: 'json',
    key: 'mcpServers',
    file: ({ env, home, join }) => join(env.CLAUDE_CONFIG_DIR || home, '.claude.json'),
    sign: ({ env, home, join }) => env.CLAUDE_CONFIG_DIR || join(home, '.claude'),
    entry: typed,
  },
  // https://code.visualstudio.com/docs/copilot/reference/mcp-configuration
  {
    name: 'vscode',
    title: 'VS Code',
    format: 'json',
    key: 'servers',
    file: ({ join, settings }) => join(settings, 'Code', 'User', 'mcp.json'),
    entry: typed,
  },
  // https://cursor.com/docs/context/mcp
  {
    name: 'cursor',
    title: 'Cursor',
    format: 'json',
    key: 'mcpServers',
    file: ({ home, join }) => join(home, '.cursor', 'mcp.json'),
    entry: referring((name) => `\${env:${name}}`),
  },
  // https://developers.openai.com/codex/mcp, and codex-rs/config/src/mcp_types.rs of openai/codex
  {
    name: 'codex',
    title: 'Codex',
    format: 'toml',
    key: 'mcp_servers',
    file: ({ env, home, join }) => join(env.CODEX_HOME || join(home, '.codex'), 'config.toml'),
    // It hands down no variable that is not named.
    entry: (server, variables) => ({
      ...server,
      ...(variables.length > 0 && { env_vars: [...variables] }),
      tool_timeout_sec: 600,
    }),
  },
  // https://geminicli.com/docs/tools/mcp-server; a variable that is not set stays as it is written
  {
    name: 'gemini',
    title: 'Gemini CLI',
    format: 'json',
    key: 'mcpServers',
    file: ({ home, join }) => join(home, '.gemini', 'settings.json'),
    entry: referring((name) => `$${name}`),
  },
  // https://docs.windsurf.com/windsurf/cascade/mcp; its plugin for other editors has a file of its own
  {
    name: 'windsurf',
    title: 'Windsurf',
    format: 'json',
    key: 'mcpServers',
    file: ({ home, join }) => join(home, '.codeium', 'windsurf', 'mcp_config.json'),
    entry: referring((name) => `\${env:${name}}`),
  },
  // https://zed.dev/docs/ai/mcp; older versions need "source", and all of them "args"
  {
    name: 'zed',
    title: 'Zed',
    format: 'json',
    key: 'context_servers',
    file: ({ config, join, windows }) => join(config, windows ? 'Zed' : 'zed', 'settings.json'),
    entry: (server) => ({ source: 'custom', ...server }),
  },
]

/** Pure. What starts this very program again: what npx has fetched may be gone tomorrow. */
export function serverEntry(
  { node, program }: { node: string; program: string },
  platform: NodeJS.Platform,
  args: readonly string[],
): ServerEntry {
  if (!/[\\/]_npx[\\/]/.test(program)) return { command: node, args: [program, ...args] }
  const npx = ['npx', '-y', 'litellm-agents-mcp', ...args]
  const [command = '', ...rest] = platform === 'win32' ? ['cmd', '/c', ...npx] : npx
  return { command, args: rest }
}
