import { keepCompiledCode } from './app/compile-cache.js'
import { type Command, parseCommandLine } from './cli/command-line.js'
import { unfilled } from './config/placeholders.js'

keepCompiledCode()
// Servers that this one starts do not get the placeholders either.
for (const name of unfilled(process.env)) delete process.env[name]
try {
  await execute(parseCommandLine(process.argv.slice(2)))
} catch (error) {
  const { reportError } = await import('./cli/report-error.js')
  process.exitCode = reportError(error)
}

/** Loads only the code of the command: starting a server must be fast. */
async function execute(command: Command): Promise<void> {
  switch (command.name) {
    case 'help': {
      const { helpText } = await import('./cli/help.js')
      process.stdout.write(helpText(command.topic))
      return
    }
    case 'version': {
      const { version } = await import('./version.js')
      process.stdout.write(`${version}\n`)
      return
    }
    case 'cli': {
      const { runCli } = await import('./cli/main.js')
      return runCli(command.command, command.args)
    }
    default: {
      const { serve } = await import('./app/serve.js')
      return serve(command)
    }
  }
}
