import { isDeepStrictEqual } from 'node:util'
import { ConfigError, problemText } from '../config/problems.js'
import type { Config } from '../config/resolve.js'
import { type FileStates, type FileWatch, watchFiles } from '../config/watch.js'
import { type ListChanges, publishedLists } from '../mcp/catalog.js'
import type { Services } from '../mcp/services.js'
import type { Logger } from '../util/logger.js'
import { type LiveConfig, logWarnings } from './live-config.js'

export interface ReloadOptions {
  live: LiveConfig
  services: Services
  /** Reads the configuration again. */
  load: () => Promise<Config>
  /** The states of the configuration files when they were read. */
  states: FileStates
  /** Called when the configuration has been replaced. */
  onReplaced: (changes: ListChanges) => void
}

/** Lists the settings that take effect only at start. */
const restartOnlyKeys = [
  'http',
  'sessions',
  'runs',
  'telemetry',
] as const satisfies (keyof Config)[]

/** Reloads the configuration when its files change. An invalid file changes nothing. */
export function reloadOnChange(options: ReloadOptions): FileWatch {
  const { live, services } = options
  const { log } = services
  let last = Promise.resolve()
  const watching = watchFiles(
    options.states,
    () => {
      last = last.then(reload)
    },
    (error) =>
      log.warn('changes of the configuration are not noticed: start the server again for them', {
        reason: error.message,
      }),
  )

  async function reload(): Promise<void> {
    let loaded: Config
    try {
      loaded = await options.load()
    } catch (error) {
      keepLast(error, log)
      if (error instanceof ConfigError && error.files.length > 0) watching.follow(error.files)
      return
    }
    watching.follow(loaded.files)
    const config = keepRestartOnlyKeys(loaded, live.config, log)
    if (isDeepStrictEqual(config, live.config)) return
    logWarnings(config, log)
    const before = publishedLists(services)
    live.replace(config)
    const after = publishedLists(services)
    const changes = {
      tools: before.tools !== after.tools,
      prompts: before.prompts !== after.prompts,
    }
    log.info('the configuration was read again', { ...changes, agents: [...config.agents.keys()] })
    options.onReplaced(changes)
  }

  return watching
}

function keepLast(error: unknown, log: Logger): void {
  const problems =
    error instanceof ConfigError
      ? error.problems.map(problemText)
      : [error instanceof Error ? error.message : String(error)]
  log.error('the changed configuration has problems; the last good one stays in force', {
    problems,
  })
}

function keepRestartOnlyKeys(loaded: Config, before: Config, log: Logger): Config {
  const changed = restartOnlyKeys.filter((key) => !isDeepStrictEqual(loaded[key], before[key]))
  if (changed.length > 0)
    log.warn('these changes of the configuration take a new start of the server', { changed })
  const fixed = Object.fromEntries(restartOnlyKeys.map((key) => [key, before[key]]))
  return { ...loaded, ...fixed }
}
