import { AgentError } from '../agent/errors.js'
import { ConfigError } from '../config/problems.js'
import { exitCodeOf, usageErrorCode } from './exit-codes.js'
import { inFlags } from './flag-names.js'
import { usage } from './help.js'
import { UsageError } from './parse-options.js'

/**
 * Prints an error to stderr and returns the exit code for it, the same for the servers and the commands.
 * `command` is the command whose options were wrong. Throws what is not an expected error.
 */
export function reportError(error: unknown, command?: string): number {
  if (error instanceof UsageError) {
    const help = command ? `Run litellm-agents-mcp ${command} --help for its options.\n` : usage
    process.stderr.write(`${error.message}\n\n${help}`)
    return usageErrorCode
  }
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`)
    return exitCodeOf('configuration')
  }
  if (error instanceof AgentError) {
    process.stderr.write(`${inFlags(error.message)}\n${inFlags(error.hint)}\n`)
    return exitCodeOf(error.code)
  }
  throw error
}
