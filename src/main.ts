import { keepCompiledCode } from './app/compile-cache.js'
import { type Command, parseCommandLine } from './cli/command-line.js'
import { UsageError } from './cli/parse-options.js'
import { unfilled } from './config/placeholders.js'

keepCompiledCode()
// Those the server starts get none of them either.
for (const name of unfilled(process.env)) delete process.env[name]
await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<void> {
  let command: Command
  try {
    command = parseCommandLine(args)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const { usage } = await import('./cli/help.js')
    process.stderr.write(`${error.message}\n\n${usage}`)
    process.exitCode = 2
    return
  }
  switch (command.name) {
    case 'help': {
      const { help } = await import('./cli/help.js')
      process.stdout.write(help)
      return
    }
    case 'version': {
      const { version } = await import('./version.js')
      process.stdout.write(`${version}\n`)
      return
    }
    case 'people': {
      const { forPeople } = await import('./cli/main.js')
      await forPeople(command.command, command.args)
      return
    }
    default: {
      const { serve } = await import('./app/serve.js')
      await serve(command)
    }
  }
}
