import type { ServeOptions } from '../app/serve.js'
import { nearest } from '../util/nearest-name.js'
import { parseOptions, UsageError } from './parse-options.js'

/** The commands for people. Each parses the rest of its command line itself. */
const cliCommands = ['run', 'agents', 'models', 'doctor', 'init'] as const
type CliCommand = (typeof cliCommands)[number]

/** What `help` explains. */
const helpTopics = ['http', ...cliCommands] as const
export type HelpTopic = (typeof helpTopics)[number]

const allCommands = [...helpTopics, 'help', 'version']

export type Command =
  | { name: 'help'; topic?: HelpTopic }
  | { name: 'version' }
  | ServeOptions
  | { name: 'cli'; command: CliCommand; args: readonly string[] }

const options = {
  config: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  'no-auth': { type: 'boolean' },
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const

const httpOptions = ['host', 'port', 'no-auth']

/** Returns what the program was asked to do. Throws a UsageError. */
export function parseCommandLine(args: readonly string[]): Command {
  const [first, ...others] = args
  if (isOneOf(cliCommands, first))
    return asksForHelp(others)
      ? { name: 'help', topic: first }
      : { name: 'cli', command: first, args: others }
  const { positionals, values } = parseOptions(args, options)
  const [command, ...rest] = positionals
  if (isOneOf(cliCommands, command))
    throw new UsageError(`Put ${command} before its options: litellm-agents-mcp ${command} …`)
  if (command === 'help' || values.help) return helpOn(command === 'help' ? rest : positionals)
  if (command === 'version' || values.version) return { name: 'version' }
  if (command !== undefined && command !== 'http') throw unknownCommand(command)
  if (rest.length > 0) throw new UsageError(`Unexpected argument ${JSON.stringify(rest[0])}.`)
  const { config, host, port } = values
  const shared = config === undefined ? {} : { config }
  if (command === 'http')
    return {
      name: command,
      ...shared,
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port: portNumber(port) }),
      noAuth: values['no-auth'] ?? false,
    }
  const foreign = httpOptions.find((name) => name in values)
  if (foreign !== undefined) throw new UsageError(`--${foreign} belongs to the http command.`)
  return { name: 'stdio', ...shared }
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  const options = end === -1 ? args : args.slice(0, end)
  return options.includes('--help') || options.includes('-h')
}

function helpOn([topic]: readonly string[]): Command {
  if (topic === undefined) return { name: 'help' }
  if (isOneOf(helpTopics, topic)) return { name: 'help', topic }
  throw unknownCommand(topic)
}

function unknownCommand(name: string): UsageError {
  const near = nearest(name, allCommands)
  return new UsageError(
    `Unknown command ${JSON.stringify(name)}${near ? `; did you mean ${near}?` : '.'}`,
  )
}

function isOneOf<Name extends string>(
  names: readonly Name[],
  word: string | undefined,
): word is Name {
  return names.some((name) => name === word)
}

function portNumber(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65535) return port
  throw new UsageError(`--port must be a number from 0 to 65535, not ${JSON.stringify(text)}.`)
}
