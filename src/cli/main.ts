import { Console } from 'node:console'
import { reportError } from './report-error.js'

/** Runs a command with its arguments and returns the exit code. */
type CliCommand = (args: readonly string[]) => Promise<number>

const commands = {
  run: async () => (await import('./run.js')).run,
  agents: async () => (await import('./agents.js')).agents,
  models: async () => (await import('./models.js')).models,
  doctor: async () => (await import('./doctor.js')).doctor,
  init: async () => (await import('./init.js')).init,
} satisfies Record<string, () => Promise<CliCommand>>

/** Runs a command for a user at a shell, then ends the process. */
export async function runCli(name: keyof typeof commands, args: readonly string[]): Promise<void> {
  // Libraries that print must not write into the answer.
  Object.assign(console, new Console(process.stderr))
  // A reader such as head closes the pipe early; that is not an error.
  process.stdout.on('error', () => process.exit(0))
  process.stderr.on('error', () => {})
  // Pending promises alone do not keep Node running, and timeouts are unreferenced.
  const alive = setInterval(() => {}, 60_000)
  const exitCode = await exitCodeOfCommand(name, args)
  clearInterval(alive)
  // Handles that libraries keep open must not delay the exit; output is flushed first.
  process.stdout.write('', () => process.exit(exitCode))
}

async function exitCodeOfCommand(
  name: keyof typeof commands,
  args: readonly string[],
): Promise<number> {
  try {
    const command = await commands[name]()
    return await command(args)
  } catch (error) {
    return reportError(error, name)
  }
}
