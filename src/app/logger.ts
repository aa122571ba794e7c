import type { Logger as Pino } from 'pino'
import type { LogLevel } from '../config/resolve.js'
import type { LogFields, Logger } from '../util/logger.js'
import { stderrWriter } from './stderr.js'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
const secretPaths = ['authorization', 'apiKey', 'api_key', 'token', 'password'].flatMap((name) => [
  name,
  `*.${name}`,
])

export interface ServerLog extends Logger {
  /** Sets the level of subsequent log lines. */
  setLevel(level: LogLevel): void
}

/**
 * Returns the server's log, which writes JSON lines without secrets to stderr. It loads pino on the
 * first line, because most servers never write one.
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
      // Responses that are ready are sent before the log line.
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
  const { pino, stdSerializers } = await import('pino')
  return pino(
    {
      // The function above has dropped the lines below the level.
      level: 'trace',
      redact: { paths: secretPaths, censor: '[redacted]' },
      formatters: { log: (fields) => redactedFields(fields, redact) },
      serializers: {
        err: (error: unknown) =>
          error instanceof Error ? redacted(stdSerializers.err(error), redact) : String(error),
      },
    },
    stderrWriter(),
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
