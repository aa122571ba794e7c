import { parseArgs } from 'node:util'
import { nearest } from './agent/known-keys.js'

export const usage = `Usage: litellm-agents-mcp [command] [options]

Commands
  (none)   serve MCP over stdin and stdout
  http     serve MCP over HTTP at /mcp
  doctor   --explain MODEL_ID: where a model id leads, without a call

Options
  --config FILE   configuration file (YAML or JSON); also LITELLM_AGENTS_CONFIG
  --host HOST     http: address to listen on (127.0.0.1)
  --port PORT     http: port to listen on (3333; 0: any free one)
  --no-auth       http: no bearer token; only on a loopback address
  --explain ID    doctor: the model id to explain
  --version       print the version
  --help          print this help
`

/** A wrong command line; the message says what is wrong with it. */
export class UsageError extends Error {}

export type Command =
  | { name: 'help' | 'version' }
  | { name: 'stdio'; config?: string }
  | { name: 'doctor'; config?: string; explain: string }
  | { name: 'http'; config?: string; host?: string; port?: number; noAuth: boolean }

const options = {
  config: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  'no-auth': { type: 'boolean' },
  explain: { type: 'string' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Fails with a UsageError. */
export function parseCommandLine(args: readonly string[]): Command {
  const { positionals, values } = parse(args)
  if (values.help) return { name: 'help' }
  if (values.version) return { name: 'version' }
  const [command, ...rest] = positionals
  if (command !== undefined && !Object.hasOwn(optionsOf, command))
    throw new UsageError(`Unknown command ${JSON.stringify(command)}.`)
  if (rest.length > 0) throw new UsageError(`Unexpected argument ${JSON.stringify(rest[0])}.`)
  const name = (command ?? 'stdio') as keyof typeof optionsOf
  refuseForeignOptions(name, Object.keys(values))
  const { config, host, port, explain } = values
  const shared = config === undefined ? {} : { config }
  if (name === 'stdio') return { name, ...shared }
  if (name === 'doctor') {
    if (!explain) throw new UsageError('doctor needs --explain and a model id.')
    return { name, ...shared, explain }
  }
  return {
    name,
    ...shared,
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port: portNumber(port) }),
    noAuth: values['no-auth'] ?? false,
  }
}

/** The options of each command beside those of all. */
const optionsOf = { stdio: [], http: ['host', 'port', 'no-auth'], doctor: ['explain'] }

function refuseForeignOptions(command: keyof typeof optionsOf, given: readonly string[]): void {
  for (const [owner, names] of Object.entries(optionsOf))
    for (const name of names)
      if (owner !== command && given.includes(name))
        throw new UsageError(`--${name} belongs to the ${owner} command.`)
}

function parse(args: readonly string[]) {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind !== 'option' || token.name in options) continue
    const near = nearest(token.name, Object.keys(options))
    throw new UsageError(
      `Unknown option ${token.rawName}${near ? `; did you mean --${near}?` : '.'}`,
    )
  }
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function portNumber(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65535) return port
  throw new UsageError(`--port must be a number from 0 to 65535, not ${JSON.stringify(text)}.`)
}
