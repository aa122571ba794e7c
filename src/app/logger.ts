import type { Logger as Pino } from 'pino'
import type { LogLevel } from '../config/resolve.js'
import type { LogFields, Logger } from '../util/logger.js'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
const secretPaths = ['authorization', 'apiKey', 'api_key', 'token', 'password'].flatMap((name) => [
  name,
  `*.${name}`,
])

export interface ServerLog extends Logger {
  /** From now on. */
  setLevel(level: LogLevel): void
}

/**
 * The server's log: pino's, in JSON, to stderr, without secrets. It is loaded with the first line
 * that is written, for most servers start and end without one.
 */
export function createLogger(first: LogLevel, redact: (text: string) => string): ServerLog {
  let level = first
  let pino: Promise<Pino> | undefined
  const write =
    (at: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}) => {
      if (levels.indexOf(at) < levels.indexOf(level)) return
      pino ??= loadPino(redact)
      const logger = pino
      // Writing waits for the descriptor: whoever is to be answered is answered first.
      setImmediate(() => logger.then((logger) => logger[at](fields, redact(message))))
    }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    setLevel: (next) => {
      level = next
    },
  }
}

async function loadPino(redact: (text: string) => string): Promise<Pino> {
  const { pino, destination, stdSerializers } = await import('pino')
  const stderr = destination({ fd: 2, sync: true })
  // Nobody reads any more: there is nobody to tell.
  stderr.on('error', () => {})
  return pino(
    {
      // What is below the level comes no further than the function above.
      level: 'trace',
      redact: { paths: secretPaths, censor: '[redacted]' },
      formatters: { log: (fields) => redactedFields(fields, redact) },
      serializers: {
        err: (error: unknown) =>
          error instanceof Error ? redacted(stdSerializers.err(error), redact) : String(error),
      },
    },
    stderr,
  )
}

function redactedFields(fields: LogFields, redact: (text: string) => string): LogFields {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? redact(value) : value,
  ])
  return Object.fromEntries(entries)
}

function redacted(
  { type, message, stack }: { type: string; message: string; stack: string },
  redact: (text: string) => string,
) {
  return { type, message: redact(message), stack: redact(stack) }
}
