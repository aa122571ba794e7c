import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { ConfigFile } from './file.js'
import { userStateFolder } from './folders.js'
import type { ConfigProblem } from './problems.js'
import type { FileContent } from './schema.js'

type Environment = Readonly<Record<string, string | undefined>>

/** Where conversations are kept, how many, and for how long after their last use. */
export interface SessionsConfig {
  /** The folder of session files. Without it and without a database, sessions are in memory. */
  dir?: string
  /** The PostgreSQL that holds sessions. */
  databaseUrl?: string
  /** Set if the file asks for `store: memory`, so that nothing may be written to disk. */
  memoryOnly?: true
  maxSessions: number
  ttlSeconds: number
  /** Caps on all runs of a session together. */
  limits: { maxCostUsd?: number; maxTotalTokens?: number }
}

const defaultTtlSeconds = 24 * 60 * 60

/** A folder that is named means files, wherever it is named. */
export function resolveSessions(
  file: ConfigFile | undefined,
  env: Environment,
  databaseUrl: string | undefined,
): SessionsConfig {
  const { store, dir, maxSessions, ttlSeconds, limits } = file?.content.sessions ?? {}
  const fromFile = dir && resolve(dirname(file?.path ?? ''), dir)
  const folder = env.LITELLM_AGENTS_SESSIONS_DIR || (store !== 'memory' ? fromFile : undefined)
  const chosen = folder ?? (store === 'file' ? join(userStateFolder(env), 'sessions') : undefined)
  // Runs that move between servers take their sessions with them.
  if (databaseUrl !== undefined)
    return {
      databaseUrl,
      maxSessions: maxSessions ?? 100_000,
      ttlSeconds: ttlSeconds ?? defaultTtlSeconds,
      limits: limits ?? {},
    }
  return {
    ...(chosen !== undefined && { dir: chosen }),
    ...(store === 'memory' && chosen === undefined && { memoryOnly: true }),
    maxSessions: maxSessions ?? 1000,
    ttlSeconds: ttlSeconds ?? defaultTtlSeconds,
    limits: limits ?? {},
  }
}

/** The PostgreSQL that sessions are in by their own wish, where runs are not. */
export function sessionsDatabase(content: FileContent | undefined, env: Environment) {
  if (content?.sessions?.store !== 'postgres') return undefined
  return content.runs?.databaseUrl ?? (env.DATABASE_URL || undefined)
}

export function sessionsProblems(
  content: FileContent | undefined,
  env: Environment,
): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  // A folder that depends on where a client starts us would be another one each time.
  const dir = env.LITELLM_AGENTS_SESSIONS_DIR || undefined
  if (dir !== undefined && !isAbsolute(dir))
    problems.push({ path: ['LITELLM_AGENTS_SESSIONS_DIR'], message: 'must be an absolute path' })
  if (content?.sessions?.store === 'postgres' && sessionsDatabase(content, env) === undefined)
    problems.push({
      path: ['sessions', 'store'],
      message: 'postgres needs DATABASE_URL, or runs.databaseUrl',
    })
  return problems
}
