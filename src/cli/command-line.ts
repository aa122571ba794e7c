import type { ServeOptions } from '../app/serve.js'
import { parseOptions, UsageError } from './parse-options.js'

/** What the program does for people rather than clients; each is loaded with its own command line. */
const peopleCommands = ['run', 'models', 'doctor', 'init'] as const
type PeopleCommand = (typeof peopleCommands)[number]

export type Command =
  | { name: 'help' | 'version' }
  | ServeOptions
  | { name: 'people'; command: PeopleCommand; args: readonly string[] }

const options = {
  config: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  'no-auth': { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Fails with a UsageError. */
export function parseCommandLine(args: readonly string[]): Command {
  const [first, ...others] = args
  if (isForPeople(first)) return { name: 'people', command: first, args: others }
  const { positionals, values } = parseOptions(args, options)
  if (values.help) return { name: 'help' }
  if (values.version) return { name: 'version' }
  const [command, ...rest] = positionals
  if (isForPeople(command))
    throw new UsageError(`${command} goes before its options: litellm-agents-mcp ${command} …`)
  if (command !== undefined && !Object.hasOwn(optionsOf, command))
    throw new UsageError(`Unknown command ${JSON.stringify(command)}.`)
  if (rest.length > 0) throw new UsageError(`Unexpected argument ${JSON.stringify(rest[0])}.`)
  const name = (command ?? 'stdio') as keyof typeof optionsOf
  refuseForeignOptions(name, Object.keys(values))
  const { config, host, port } = values
  const shared = config === undefined ? {} : { config }
  if (name === 'stdio') return { name, ...shared }
  return {
    name,
    ...shared,
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port: portNumber(port) }),
    noAuth: values['no-auth'] ?? false,
  }
}

/** The options of each command beside those of all. */
const optionsOf = { stdio: [], http: ['host', 'port', 'no-auth'] }

function refuseForeignOptions(command: keyof typeof optionsOf, given: readonly string[]): void {
  for (const [owner, names] of Object.entries(optionsOf))
    for (const name of names)
      if (owner !== command && given.includes(name))
        throw new UsageError(`--${name} belongs to the ${owner} command.`)
}

function isForPeople(word: string | undefined): word is PeopleCommand {
  return peopleCommands.some((command) => command === word)
}

function portNumber(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65535) return port
  throw new UsageError(`--port must be a number from 0 to 65535, not ${JSON.stringify(text)}.`)
}
