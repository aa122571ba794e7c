import { type ParseArgsConfig, parseArgs } from 'node:util'
import { nearest } from '../util/nearest-name.js'

/** A wrong command line; the message says what is wrong with it. */
export class UsageError extends Error {}

export type Options = NonNullable<ParseArgsConfig['options']>

/** The options and the words of a command line. Fails with a UsageError. */
export function parseOptions<const Known extends Options>(args: readonly string[], options: Known) {
  refuseUnknown(args, options)
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function refuseUnknown(args: readonly string[], options: Options): void {
  const shorts = Object.values(options).map(({ short }) => short)
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind !== 'option' || token.name in options || shorts.includes(token.name)) continue
    const near = nearest(token.name, Object.keys(options))
    throw new UsageError(
      `Unknown option ${token.rawName}${near ? `; did you mean --${near}?` : '.'}`,
    )
  }
}
