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

/** The settings of the operator, with defaults. */
export interface Config {
  defaults: {
    modelId?: string
    params: JsonObject
    limits: Limits
    /** The models to call if the named one fails. */
    fallbacks: string[]
    cache?: 'auto'
    /** The length at which a tool's result is cut before a model reads it. */
    maxToolResultChars: number
    /** Whether each answer has a line about the cache. */
    cacheAdvice: boolean
  }
  /** LiteLLM's client arguments by provider. They are never sent to another provider. */
  clientArgs: Readonly<Record<string, JsonObject>>
  /** What the operator knows about models, by model id, in the form of LiteLLM's `model_info`. */
  models: Readonly<Record<string, JsonObject>>
  allow: {
    /** Globs of route ids; `undefined` allows every model whose key or base URL the operator set. */
    modelIds?: string[]
    params: string[]
    tools: string[]
    urlHosts: string[]
    /** The limit on the content of all URLs of a prompt together. */
    maxUrlBytes: number
    /** The allowance of the caller that this configuration is for. Empty if it is for no particular caller. */
    caller: CallerAllowance
    /** Limits on every run, which callers and profiles can only lower. */
    limits: Limits
  }
  http: HttpConfig
  sessions: SessionsConfig
  runs: RunsConfig
  telemetry: TelemetryConfig
  /** By name. */
  agents: ReadonlyMap<string, AgentProfile>
  /** By name. Their tools are known only after the servers have started. */
  mcpServers: ReadonlyMap<string, McpServerConfig>
  /** `undefined` if the transport's default applies. */
  logLevel?: LogLevel
  /** Settings of the file that are valid but probably do not work as intended. */
  warnings: readonly ConfigProblem[]
  /** The absolute paths of the files that it was read from. */
  files: readonly string[]
}

/** The settings of the command line, which override the environment and the file. */
export interface ConfigFlags {
  /** The command. */
  name?: string
  host?: string
  port?: number
}

export interface ConfigSources {
  /** `undefined` if there is no file. */
  file?: ConfigFile | undefined
  env: Environment
  flags?: ConfigFlags
}

/** Returns the configuration: flags override the environment, which overrides the file. Pure. Throws a ConfigError. */
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
    models: (file?.content.models ?? {}) as Record<string, JsonObject>,
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

/** Returns the limits on every run. The cost limit has two keys, and the smaller value applies. */
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
