export type LogFields = Readonly<Record<string, unknown>>

/** The server's log. It never holds a prompt or an answer. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}
