import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SessionsConfig } from '../config/sessions.js'
import type { CallArguments } from '../policy/plan-run.js'
import { homeFolder, userStateFolder } from '../util/folders.js'
import { parseJsonObject } from '../util/json.js'
import { UsageError } from './parse-options.js'

type Environment = Readonly<Record<string, string | undefined>>

/** The conversation that a run of the command line belongs to. */
export interface Conversation {
  /** `undefined` if the conversation cannot be kept. */
  sessionId?: string
  /** Whether the user named it. Other conversations are kept for --continue alone, in a folder of their own. */
  named: boolean
  /** The arguments of the run: those of the last run under those of the command line. */
  arguments: CallArguments
  sessions: SessionsConfig
}

interface Given {
  arguments: CallArguments
  sessionId?: string
  continues: boolean
}

/** What --continue needs of the last run. */
interface LastRun {
  sessionId: string
  named: boolean
  arguments: Omit<CallArguments, 'prompt' | 'limits'>
}

/** Returns the named conversation, the last one, or a new one. Throws a UsageError if there is no last one. */
export function conversationOf(
  given: Given,
  config: SessionsConfig,
  env: Environment,
): Conversation {
  if (given.continues) return continued(given.arguments, config, env)
  const { sessionId } = given
  if (sessionId !== undefined)
    return {
      sessionId,
      named: true,
      arguments: given.arguments,
      sessions: namedSessions(config, env),
    }
  const sessions = unnamedSessions(config, env)
  return {
    ...(sessions.dir !== undefined && { sessionId: `run-${crypto.randomUUID()}` }),
    named: false,
    arguments: given.arguments,
    sessions,
  }
}

function continued(given: CallArguments, config: SessionsConfig, env: Environment): Conversation {
  const last = readLastRun(env)
  if (!last) throw new UsageError('--continue found no earlier run of this user.')
  const { agent } = last.arguments
  if (given.agent !== undefined && given.agent !== agent)
    throw new UsageError(
      `--continue continues the last conversation, which was with ${agent === undefined ? 'no agent' : `the agent ${agent}`}. Leave --agent out.`,
    )
  return {
    sessionId: last.sessionId,
    named: last.named,
    arguments: {
      ...last.arguments,
      ...given,
      params: { ...last.arguments.params, ...given.params },
    },
    sessions: last.named ? namedSessions(config, env) : unnamedSessions(config, env),
  }
}

/** The store of the configuration, or files if it has none: the next command must find the conversation. */
function namedSessions(config: SessionsConfig, env: Environment): SessionsConfig {
  if (config.dir !== undefined || config.databaseUrl !== undefined) return config
  return { ...config, dir: join(userStateFolder(env), 'sessions') }
}

/** A folder of this user, or memory if the folder cannot be written or the configuration forbids it. */
function unnamedSessions(
  { maxSessions, ttlSeconds, memoryOnly }: SessionsConfig,
  env: Environment,
): SessionsConfig {
  const dir = memoryOnly ? undefined : unnamedFolder(env)
  return { maxSessions, ttlSeconds, limits: {}, ...(dir !== undefined && { dir }) }
}

function unnamedFolder(env: Environment): string | undefined {
  const folder = join(userStateFolder(env), 'runs')
  try {
    // System users have a home that does not exist and should not be created.
    if (!existsSync(homeFolder(env))) return undefined
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.W_OK)
    return folder
  } catch {
    return undefined
  }
}

/** Makes this conversation the one that --continue continues. */
export function rememberConversation(
  { sessionId, named, arguments: given }: Conversation,
  env: Environment,
): void {
  if (sessionId === undefined) return
  const { prompt, limits, ...rest } = given
  const last: LastRun = { sessionId, named, arguments: rest }
  try {
    writeFileSync(lastRunFile(env), `${JSON.stringify(last)}\n`, { mode: 0o600 })
  } catch {
    // The run has its answer; it just cannot be continued.
  }
}

function readLastRun(env: Environment): LastRun | undefined {
  try {
    return parseJsonObject(readFileSync(lastRunFile(env), 'utf8')) as LastRun | undefined
  } catch {
    return undefined
  }
}

function lastRunFile(env: Environment): string {
  return join(userStateFolder(env), 'last-run.json')
}
