import type { JsonObject } from '../agent/content.js'
import { pathText } from '../agent/known-keys.js'
import type { Limits } from '../agent/limits.js'
import { type ConfigProblem, expandVariables } from './expand.js'
import { fileSchema } from './schema.js'

type Environment = Readonly<Record<string, string | undefined>>

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** Everything the operator decided, with the defaults filled in. */
export interface Config {
  defaults: {
    modelId?: string
    params: JsonObject
    limits: Limits
    /** Models to ask where the one that was named fails. */
    fallbacks: string[]
    cache?: 'auto'
    /** One line in every answer about what the cache did. */
    cacheAdvice: boolean
  }
  /** LiteLLM's client arguments by provider; none of them ever travels to another. */
  clientArgs: Readonly<Record<string, JsonObject>>
  allow: {
    /** Globs on a route's id; absent: whatever the operator gave a key or an address for. */
    modelIds?: string[]
    params: string[]
    tools: string[]
    urlHosts: string[]
    maxCostUsdPerRun?: number
  }
  http: {
    host: string
    port: number
    maxBodyBytes: number
    allowedHosts: string[]
    allowedOrigins: string[]
    authToken?: string
  }
  /** Absent: the door's own default. */
  logLevel?: LogLevel
}

/** What the command line says; it wins over the environment and the file. */
export interface ConfigFlags {
  host?: string
  port?: number
}

/** Everything wrong with the configuration, in one message. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(
    readonly problems: readonly ConfigProblem[],
    readonly file: string | undefined,
  ) {
    const lines = problems.map(({ path, message }) => `  - ${path ? `${path}: ` : ''}${message}`)
    super(`The configuration${file ? ` in ${file}` : ''} has problems:\n${lines.join('\n')}`)
  }
}

export interface ConfigSources {
  /** The parsed file; `undefined`: there is none. */
  file?: { path: string; content: unknown } | undefined
  env: Environment
  flags?: ConfigFlags
}

/** The configuration: defaults ← file ← environment ← flags. Pure. Fails with a ConfigError. */
export function resolveConfig({ file, env, flags = {} }: ConfigSources): Config {
  const problems: ConfigProblem[] = []
  // An empty file parses to null and says nothing.
  const content = expandVariables(file?.content ?? {}, env, problems)
  const parsed = fileSchema.safeParse(content)
  for (const { path, message } of parsed.error?.issues ?? [])
    problems.push({ path: pathText(path), message })
  const logLevel = env.LITELLM_AGENTS_LOG_LEVEL || undefined
  if (logLevel !== undefined && !isLogLevel(logLevel))
    problems.push({
      path: 'LITELLM_AGENTS_LOG_LEVEL',
      message: `must be one of ${logLevels.join(', ')}`,
    })
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems, file?.path)

  const { defaults = {}, clientArgs = {}, allow = {}, http = {} } = parsed.data
  const modelId = env.LITELLM_AGENTS_MODEL_ID || defaults.modelId
  const authToken = env.LITELLM_AGENTS_AUTH_TOKEN || undefined
  return {
    defaults: {
      ...(modelId !== undefined && { modelId }),
      params: (defaults.params ?? {}) as JsonObject,
      limits: withoutUndefined(defaults.limits ?? {}),
      fallbacks: defaults.fallbacks ?? [],
      ...(defaults.cache && { cache: defaults.cache }),
      cacheAdvice: defaults.cacheAdvice ?? false,
    },
    clientArgs: clientArgs as Record<string, JsonObject>,
    allow: {
      ...(allow.modelIds && { modelIds: allow.modelIds }),
      params: allow.params ?? [],
      tools: allow.tools ?? [],
      urlHosts: (allow.urlHosts ?? []).map((host) => host.toLowerCase()),
      ...(allow.maxCostUsdPerRun !== undefined && { maxCostUsdPerRun: allow.maxCostUsdPerRun }),
    },
    http: {
      host: flags.host ?? http.host ?? '127.0.0.1',
      port: flags.port ?? http.port ?? 3333,
      maxBodyBytes: http.maxBodyBytes ?? 4 * 1024 * 1024,
      allowedHosts: http.allowedHosts ?? [],
      allowedOrigins: http.allowedOrigins ?? [],
      ...(authToken !== undefined && { authToken }),
    },
    ...(isLogLevel(logLevel) && { logLevel }),
  }
}

function isLogLevel(level: string | undefined): level is LogLevel {
  return logLevels.some((known) => known === level)
}

function withoutUndefined(limits: { [name in keyof Limits]: Limits[name] | undefined }): Limits {
  return Object.fromEntries(
    Object.entries(limits).filter(([, value]) => value !== undefined),
  ) as Limits
}
