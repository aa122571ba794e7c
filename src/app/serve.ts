import { Console } from 'node:console'
import { loadConfig } from '../config/load.js'
import type { Config, LogLevel } from '../config/resolve.js'
import { type FileStates, fileStates } from '../config/watch.js'
import type { ListChanges } from '../mcp/catalog.js'
import { serveOverStdio } from '../mcp/stdio/server.js'
import { type House, openHouse } from './app.js'
import { saveCompiledCode } from './compile-cache.js'
import type { ServerLog } from './logger.js'
import { orphaned } from './parent-process.js'

const graceMs = 5_000

const watchAfterMs = 250

/** To whoever expects a command to say something. */
const atTerminal =
  'Serving MCP over stdin and stdout, as a client that starts this speaks it. --help tells of commands for people.\n'

/** Which transport to serve, and the flags that override the configuration file. */
export type ServeOptions =
  | { name: 'stdio'; config?: string }
  | { name: 'http'; config?: string; host?: string; port?: number; noAuth: boolean }

interface Door {
  ended?: Promise<void>
  close(graceMs: number): Promise<void>
  announce(changes: ListChanges): void
}

/** Serves until the client disconnects or a signal arrives, then ends the process. Throws if it cannot start. */
export async function serve(command: ServeOptions): Promise<void> {
  keepStdoutForTheProtocol()
  const config = await loadConfig(command)
  const states = fileStates(config.files)
  const level = config.logLevel ?? (command.name === 'stdio' ? 'warn' : 'info')
  const house = await openHouse(config, level)
  switchLevelOnSignal(house.log, level)
  const door = await openDoor(command, house)
  endOnSignals(door)
  saveCompiledCode()
  watchFilesSoon(states, house, door, () => loadConfig(command))
  if (door.ended) {
    await Promise.race([door.ended, orphaned()])
    // The client is gone, so no one can collect the remaining runs: stop them now.
    await end(door, 0)
  }
}

async function openDoor(command: ServeOptions, house: House): Promise<Door> {
  const { services, live } = house
  if (command.name === 'stdio') {
    if (process.stdin.isTTY) process.stderr.write(atTerminal)
    return endingHouse(serveOverStdio(services), house)
  }
  const [{ httpAccess }, { serveHttp }] = await Promise.all([
    import('../mcp/auth/access.js'),
    import('../mcp/http/server.js'),
  ])
  const access = httpAccess(live.config.http, command.noAuth, randomToken)
  const token = access === 'open' ? undefined : access.generatedToken
  if (token !== undefined) live.addSecret(token)
  const door = await serveHttp(services, access, {
    loadDashboard: () => import('../dashboard/routes.js'),
  })
  process.stderr.write(`Listening on ${door.url}\nDashboard at ${new URL('/', door.url)}\n`)
  if (token !== undefined) process.stderr.write(`Bearer token for this run: ${token}\n`)
  return endingHouse(door, house)
}

/** A door that ends other servers, and sends what is still to be told, when the runs behind it are over. */
function endingHouse(door: Door, { tools, telemetry }: House): Door {
  const close = async (grace: number) => {
    await door.close(grace)
    await Promise.all([tools.close(), telemetry?.close()])
  }
  return { ...door, close }
}

/** After a client's first questions, for nothing is to come before them. */
function watchFilesSoon(
  states: FileStates,
  { live, services, tools }: House,
  door: Door,
  load: () => Promise<Config>,
): void {
  if (states.size === 0) return
  const onReplaced = (changes: ListChanges) => {
    door.announce(changes)
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

/** A library that prints would put its words between the messages of the protocol. */
function keepStdoutForTheProtocol(): void {
  Object.assign(console, new Console(process.stderr))
  // A client may close our stderr and go on: then there is nobody to tell.
  process.stderr.on('error', () => {})
}

/** SIGUSR2 turns `debug` on, and off again, in a server that runs. */
function switchLevelOnSignal(log: ServerLog, usual: LogLevel): void {
  // Windows has no such signal.
  if (process.platform === 'win32') return
  let level = usual
  process.on('SIGUSR2', () => {
    level = level === 'debug' ? usual : 'debug'
    log.setLevel(level)
    process.stderr.write(`Log level: ${level}\n`)
  })
}

function endOnSignals(door: Door): void {
  let ending = false
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => {
      // The second time, somebody has no patience left.
      if (ending) process.exit(0)
      ending = true
      void end(door, graceMs)
    })
}

async function end(door: Door, grace: number): Promise<never> {
  await door.close(grace)
  process.exit(0)
}
