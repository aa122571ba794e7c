import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { loadConfig } from '../config/load.js'
import type { Config, LogLevel } from '../config/resolve.js'
import { type FileStates, fileStates } from '../config/watch.js'
import type { ListChanges } from '../mcp/catalog.js'
import { serveOverStdio } from '../mcp/stdio/server.js'
import { type App, createApp } from './app.js'
import { saveCompiledCode } from './compile-cache.js'
import type { ServerLog } from './logger.js'
import { orphaned } from './parent-process.js'
import { stderrWriter } from './stderr.js'

const graceMs = 5_000
/** Limits the time for writing the last log lines to a client that reads slowly. */
const lastLinesMs = 250
const watchAfterMs = 250

/** Shown to a person who starts the server in a terminal. */
const terminalNotice =
  'Serving MCP over stdin and stdout, for a client that starts this program. Run with --help for the commands for people.\n'

/** Selects the transport, and the flags that override the configuration file. */
export type ServeOptions =
  | { name: 'stdio'; config?: string }
  | { name: 'http'; config?: string; host?: string; port?: number; noAuth: boolean }

interface RunningServer {
  ended?: Promise<void>
  close(graceMs: number): Promise<void>
  announce(changes: ListChanges): void
}

/** Serves until the client disconnects or a signal arrives, then ends the process. Throws if it cannot start. */
export async function serve(command: ServeOptions): Promise<void> {
  reserveStdout()
  const config = await loadConfig(command)
  const states = fileStates(config.files)
  const level = config.logLevel ?? (command.name === 'stdio' ? 'warn' : 'info')
  const app = await createApp(config, level)
  switchLevelOnSignal(app.log, level)
  const server = await openServer(command, app)
  endOnSignals(server)
  saveCompiledCode()
  watchFilesSoon(states, app, server, () => loadConfig(command))
  if (server.ended) {
    await Promise.race([server.ended, orphaned()])
    app.warmUp.cancel()
    // The client is gone, so no one can collect the remaining runs: stop them now.
    await end(server, 0)
  }
}

async function openServer(command: ServeOptions, app: App): Promise<RunningServer> {
  const { services, live } = app
  if (command.name === 'stdio') {
    if (process.stdin.isTTY) process.stderr.write(terminalNotice)
    return closingApp(serveOverStdio(services), app)
  }
  const [{ httpAccess }, { serveHttp }] = await Promise.all([
    import('../mcp/auth/access.js'),
    import('../mcp/http/server.js'),
  ])
  const access = httpAccess(live.config.http, command.noAuth, randomToken)
  const token = access === 'open' ? undefined : access.generatedToken
  if (token !== undefined) live.addSecret(token)
  const server = await serveHttp(services, access, {
    loadDashboard: () => import('../dashboard/routes.js'),
  })
  process.stderr.write(`Listening on ${server.url}\nDashboard at ${new URL('/', server.url)}\n`)
  if (token !== undefined) process.stderr.write(`Bearer token for this run: ${token}\n`)
  return closingApp(server, app)
}

/**
 * Returns a server whose `close` also closes the other MCP servers and the telemetry after the runs
 * have ended.
 */
function closingApp(server: RunningServer, { tools, telemetry }: App): RunningServer {
  const close = async (grace: number) => {
    await server.close(grace)
    await Promise.all([tools.close(), telemetry?.close()])
  }
  return { ...server, close }
}

/** Watches the configuration files, after a delay that keeps a client's first requests fast. */
function watchFilesSoon(
  states: FileStates,
  { live, services, tools }: App,
  server: RunningServer,
  load: () => Promise<Config>,
): void {
  if (states.size === 0) return
  const onReplaced = (changes: ListChanges) => {
    server.announce(changes)
    tools.update(live.config)
  }
  const watch = async () => {
    const { reloadOnChange } = await import('./reload.js')
    reloadOnChange({ live, services, load, states, onReplaced })
  }
  setTimeout(watch, watchAfterMs).unref()
}

function randomToken(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString('base64url')
}

/** Redirects the output of libraries to stderr, because stdout is reserved for the protocol. */
function reserveStdout(): void {
  const stderr = stderrWriter()
  const lines = new Writable({
    decodeStrings: false,
    write: (text, _, done) => {
      stderr.write(String(text))
      done()
    },
  })
  Object.assign(console, new Console(lines))
}

/** Switches the log level to `debug`, and back, on SIGUSR2. */
function switchLevelOnSignal(log: ServerLog, usual: LogLevel): void {
  // Windows has no SIGUSR2.
  if (process.platform === 'win32') return
  let level = usual
  process.on('SIGUSR2', () => {
    level = level === 'debug' ? usual : 'debug'
    log.setLevel(level)
    stderrWriter().write(`Log level: ${level}\n`)
  })
}

function endOnSignals(server: RunningServer): void {
  let ending = false
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => {
      // A second signal ends the process immediately.
      if (ending) process.exit(0)
      ending = true
      void end(server, graceMs)
    })
}

async function end(server: RunningServer, grace: number): Promise<never> {
  await server.close(grace)
  await stderrWriter().flush(lastLinesMs)
  process.exit(0)
}
