import { Console } from 'node:console'
import { AgentError } from '../agent/errors.js'
import { ConfigError } from '../config/problems.js'
import { exitCodeOf, wrongCommandLine } from './exit-codes.js'
import { UsageError } from './parse-options.js'

/** Each takes its arguments and gives the exit code. */
type PeopleCommand = (args: readonly string[]) => Promise<number>

const commands = {
  run: async () => (await import('./run.js')).run,
  models: async () => (await import('./models.js')).models,
  doctor: async () => (await import('./doctor.js')).doctor,
  init: async () => (await import('./init.js')).init,
} satisfies Record<string, () => Promise<PeopleCommand>>

/** Runs a command for a person at a shell, to the end of the process. */
export async function forPeople(
  name: keyof typeof commands,
  args: readonly string[],
): Promise<void> {
  // A library that prints would put its words into the answer.
  Object.assign(console, new Console(process.stderr))
  // Who reads the first lines only is not to be shown a fault.
  process.stdout.on('error', () => process.exit(0))
  process.stderr.on('error', () => {})
  // Time-outs alone would not keep the process from ending under what they watch over.
  const alive = setInterval(() => {}, 60_000)
  const exitCode = await finished(name, args)
  clearInterval(alive)
  // What libraries keep open does not hold up the end; what was printed goes out first.
  process.stdout.write('', () => process.exit(exitCode))
}

async function finished(name: keyof typeof commands, args: readonly string[]): Promise<number> {
  try {
    const command = await commands[name]()
    return await command(args)
  } catch (error) {
    return told(error, name)
  }
}

/** Says what went wrong, and gives its exit code. */
function told(error: unknown, name: string): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n\nlitellm-agents-mcp ${name} --help tells how.\n`)
    return wrongCommandLine
  }
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`)
    return exitCodeOf('configuration')
  }
  if (error instanceof AgentError) {
    process.stderr.write(`${error.message}\n${error.hint}\n`)
    return exitCodeOf(error.code)
  }
  throw error
}
