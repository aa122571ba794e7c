import type { Logger as Pino } from 'pino'
import type { LogLevel } from './config/resolve.js'
import type { LogFields, Logger } from './mcp/services.js'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
const secretPaths = ['authorization', 'apiKey', 'api_key', 'token', 'password'].flatMap((name) => [
  name,
  `*.${name}`,
])

/**
 * The server's log: pino's, in JSON, to stderr, without secrets. It is loaded with the first line
 * that is written, for most servers start and end without one.
 */
export function createLogger(level: LogLevel, redact: (text: string) => string): Logger {
  let pino: Promise<Pino> | undefined
  const write =
    (at: 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}) => {
      if (levels.indexOf(at) < levels.indexOf(level)) return
      pino ??= loadPino(level, redact)
      pino.then((logger) => logger[at](fields, redact(message)))
    }
  return { info: write('info'), warn: write('warn'), error: write('error') }
}

async function loadPino(level: LogLevel, redact: (text: string) => string): Promise<Pino> {
  const { pino, destination, stdSerializers } = await import('pino')
  const stderr = destination({ fd: 2, sync: true })
  // Nobody reads any more: there is nobody to tell.
  stderr.on('error', () => {})
  return pino(
    {
      level,
      redact: { paths: secretPaths, censor: '[redacted]' },
      serializers: {
        err: (error: unknown) =>
          error instanceof Error ? redacted(stdSerializers.err(error), redact) : String(error),
      },
    },
    stderr,
  )
}

function redacted(
  { type, message, stack }: { type: string; message: string; stack: string },
  redact: (text: string) => string,
) {
  return { type, message: redact(message), stack: redact(stack) }
}
