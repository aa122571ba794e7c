import { type ParseArgsConfig, parseArgs } from 'node:util'
import { nearest } from '../util/nearest-name.js'

/** A usage error. The message says what is wrong with the command line. */
export class UsageError extends Error {}

export type Options = NonNullable<ParseArgsConfig['options']>

interface OptionToken {
  /** The name without dashes, also for a short option. */
  name: string
  /** As it was typed: `--model`, `-m`. */
  rawName: string
  value: string | undefined
  /** Whether the value came with `=` or directly after a short option. */
  inlineValue: boolean | undefined
}

/** Returns the options and the positional arguments of a command line. Throws a UsageError. */
export function parseOptions<const Known extends Options>(args: readonly string[], options: Known) {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  // Node reads a value that begins with a dash as ambiguous, unless it is joined to its option.
  const joined = tokens.map((token) => {
    if (token.kind === 'positional') return token.value
    if (token.kind === 'option-terminator') return '--'
    checkOption(token, options)
    return token.value === undefined ? `--${token.name}` : `--${token.name}=${token.value}`
  })
  return parseArgs({ args: joined, options, allowPositionals: true })
}

function checkOption({ name, rawName, value, inlineValue }: OptionToken, options: Options): void {
  const option = Object.hasOwn(options, name) ? options[name] : undefined
  if (!option) {
    const near = nearest(name, Object.keys(options))
    throw new UsageError(`Unknown option ${rawName}${near ? `; did you mean --${near}?` : '.'}`)
  }
  if (option.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value.`)
    return
  }
  // `-model x` is read as `-m odel x`.
  const single = `${rawName}${value}`
  if (inlineValue && rawName.length === 2 && Object.hasOwn(options, single.slice(1)))
    throw new UsageError(`Unknown option ${single}; did you mean -${single}?`)
  if (value === undefined) throw new UsageError(`${rawName} needs a value.`)
  // A negative number and a list item are values; anything else that begins with a dash is an option.
  if (!inlineValue && /^--?[a-z]/i.test(value))
    throw new UsageError(
      `${rawName} needs a value, but ${value} is an option. If it is the value, write --${name}=${value}.`,
    )
}
