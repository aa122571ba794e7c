import { type Command, parseCommandLine, UsageError, usage } from './command-line.js'
import { keepCompiledCode } from './compile-cache.js'

keepCompiledCode()
await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<void> {
  let command: Command
  try {
    command = parseCommandLine(args)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`${error.message}\n\n${usage}`)
    process.exitCode = 2
    return
  }
  switch (command.name) {
    case 'help':
      process.stdout.write(usage)
      return
    case 'version': {
      const { version } = await import('./version.js')
      process.stdout.write(`${version}\n`)
      return
    }
    case 'doctor': {
      const { explain } = await import('./cli/doctor.js')
      await explain(command)
      return
    }
    default: {
      const { serve } = await import('./serve.js')
      await serve(command)
    }
  }
}
