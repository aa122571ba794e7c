import type { Limits } from '../agent/limits.js'
import type { JsonObject } from '../util/json.js'

import type { ConfigFile } from './file.js'
import { authTokenProblems, type CallerAllowance, type HttpConfig, resolveHttp } from './http.js'
import type { McpServerConfig } from './mcp-servers.js'
import { ConfigError, type ConfigProblem } from './problems.js'
import type { AgentProfile } from './profiles.js'
import { durableDatabase, type RunsConfig, resolveRuns, runsProblems } from './runs.js'
import {
  resolveSessions,
  type SessionsConfig,
  sessionsDatabase,
  sessionsProblems,
} from './sessions.js'
import { resolveTelemetry, type TelemetryConfig } from './telemetry.js'

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
    /** What is longer in a tool's result is cut before a model reads it. */
    maxToolResultChars: number
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
    /** Of what one prompt's URLs point to, together. */
    maxUrlBytes: number
    /** What the one who calls may use of all this; everything, in a configuration that is no caller's own. */
    caller: CallerAllowance
    /** No run may go beyond them, whatever a caller or a profile says. */
    limits: Limits
  }
  http: HttpConfig
  sessions: SessionsConfig
  runs: RunsConfig
  telemetry: TelemetryConfig
  /** By name. */
  agents: ReadonlyMap<string, AgentProfile>
  /** By name; their tools are known once they have been asked. */
  mcpServers: ReadonlyMap<string, McpServerConfig>
  /** Absent: the door's own default. */
  logLevel?: LogLevel
  /** Settings of the file that are valid but probably do not work as intended. */
  warnings: readonly ConfigProblem[]
  /** The absolute paths of the files that it was read from. */
  files: readonly string[]
}

/** What the command line says; it wins over the environment and the file. */
export interface ConfigFlags {
  /** The command. */
  name?: string
  host?: string
  port?: number
}

export interface ConfigSources {
  /** `undefined`: there is none. */
  file?: ConfigFile | undefined
  env: Environment
  flags?: ConfigFlags
}

/** The configuration: defaults ← file ← environment ← flags. Pure. Fails with a ConfigError. */
export function resolveConfig({ file, env, flags = {} }: ConfigSources): Config {
  const problems: ConfigProblem[] = [
    ...(file?.problems ?? []),
    ...sessionsProblems(file?.content, env),
    ...runsProblems(file?.content.runs ?? {}, env),
    ...authTokenProblems(file?.content.http, env, flags),
  ]
  const logLevel = env.LITELLM_AGENTS_LOG_LEVEL || undefined
  if (logLevel !== undefined && !isLogLevel(logLevel))
    problems.push({
      path: ['LITELLM_AGENTS_LOG_LEVEL'],
      message: `must be one of ${logLevels.join(', ')}`,
    })
  if (problems.length > 0) throw new ConfigError(problems, file?.path, file?.files)

  const { defaults = {}, clientArgs = {}, allow = {}, http = {}, runs = {} } = file?.content ?? {}
  const modelId = env.LITELLM_AGENTS_MODEL_ID || defaults.modelId
  const databaseUrl = durableDatabase(runs, env, flags.name === 'http')
  return {
    defaults: {
      ...(modelId !== undefined && { modelId }),
      params: (defaults.params ?? {}) as JsonObject,
      limits: defaults.limits ?? {},
      fallbacks: defaults.fallbacks ?? [],
      ...(defaults.cache && { cache: defaults.cache }),
      maxToolResultChars: defaults.maxToolResultChars ?? 20_000,
      cacheAdvice: defaults.cacheAdvice ?? false,
    },
    clientArgs: clientArgs as Record<string, JsonObject>,
    allow: {
      ...(allow.modelIds && { modelIds: allow.modelIds }),
      params: allow.params ?? [],
      tools: allow.tools ?? [],
      urlHosts: (allow.urlHosts ?? []).map((host) => host.toLowerCase()),
      maxUrlBytes: allow.maxUrlBytes ?? 20 * 1024 * 1024,
      caller: {},
      limits: operatorLimits(allow),
    },
    http: resolveHttp(http, env, flags),
    sessions: resolveSessions(file, env, databaseUrl ?? sessionsDatabase(file?.content, env)),
    runs: resolveRuns(runs, databaseUrl, env),
    telemetry: resolveTelemetry(file?.content.telemetry ?? {}, env),
    agents: file?.agents ?? new Map(),
    mcpServers: file?.mcpServers ?? new Map(),
    ...(isLogLevel(logLevel) && { logLevel }),
    warnings: file?.warnings ?? [],
    files: file?.files ?? [],
  }
}

/** Two names for what a run may cost: the smaller one counts. */
function operatorLimits({
  limits = {},
  maxCostUsdPerRun,
}: NonNullable<ConfigFile['content']['allow']>): Limits {
  const costs = [limits.maxCostUsd, maxCostUsdPerRun].filter((cost) => cost !== undefined)
  return { ...limits, ...(costs.length > 0 && { maxCostUsd: Math.min(...costs) }) }
}

function isLogLevel(level: string | undefined): level is LogLevel {
  return logLevels.some((known) => known === level)
}
