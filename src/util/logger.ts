export type LogFields = Readonly<Record<string, unknown>>

/** Writes the server's log, which never contains prompt or response text. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}
