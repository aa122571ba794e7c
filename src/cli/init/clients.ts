import { posix, win32 } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** The command that starts the server. */
export interface ServerEntry {
  command: string
  args: string[]
}

/** An MCP client: where it keeps its servers, and how it writes one. */
export interface Client {
  name: string
  title: string
  format: 'json' | 'toml'
  /** The key of the object that holds the servers by name. */
  key: string
  file: (place: Place) => string
  /** A path that exists if the client is installed, even without a file. Default: the file's folder. */
  sign?: (place: Place) => string
  /** `variables` are those that the server needs. The entry refers to them, and never holds their values. */
  entry: (server: ServerEntry, variables: readonly string[]) => object
  /** What the client asks its user for, as entries of the list `inputs` at the root of the file. */
  inputs?: (variables: readonly string[]) => readonly ClientInput[]
  /** Whether the client is started in a shell, so that servers see the variables of that shell. */
  inheritsShell?: true
}

/** A question that VS Code asks once. It stores the answer. */
export interface ClientInput {
  type: 'promptString'
  id: string
  description: string
  password: boolean
}

/** A user's folders, by the convention of the platform. */
export interface Place {
  join: (...parts: string[]) => string
  home: string
  /** The folder of desktop applications' settings. */
  settings: string
  /** The folder of other programs' settings. */
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

/** Returns an entry that refers to environment variables, in the client's own syntax. */
const referring =
  (reference: (name: string) => string) => (server: ServerEntry, variables: readonly string[]) => ({
    ...server,
    ...(variables.length > 0 && {
      env: Object.fromEntries(variables.map((name) => [name, reference(name)])),
    }),
  })

/** Longer than the longest wait of a call, 600 seconds. */
const codexTimeoutSeconds = 660

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
    inheritsShell: true,
  },
  // https://code.visualstudio.com/docs/copilot/reference/mcp-configuration
  {
    name: 'vscode',
    title: 'VS Code',
    format: 'json',
    key: 'servers',
    file: ({ join, settings }) => join(settings, 'Code', 'User', 'mcp.json'),
    entry: (server, variables) =>
      typed(referring((name) => `\${input:${name}}`)(server, variables)),
    inputs: (variables) =>
      variables.map((name) => ({
        type: 'promptString',
        id: name,
        description: name,
        password: /KEY|TOKEN/.test(name),
      })),
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
    // Codex passes on only the variables that are named.
    entry: (server, variables) => ({
      ...server,
      ...(variables.length > 0 && { env_vars: [...variables] }),
      tool_timeout_sec: codexTimeoutSeconds,
    }),
  },
  // https://geminicli.com/docs/tools/mcp-server; a variable that is not set is passed on as it is written
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

/** Returns the command that starts this program again. The cache of npx may be cleared, so npx is named instead. Pure. */
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
