import { dirname, isAbsolute, join, resolve } from 'node:path'
import { userStateFolder } from '../util/folders.js'
import type { ConfigFile } from './file.js'
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
  /** Limits on all runs of a session together. */
  limits: { maxCostUsd?: number; maxTotalTokens?: number }
}

const defaultTtlSeconds = 24 * 60 * 60

/** Returns where sessions are kept. A folder implies files, in the file as in the environment. */
export function resolveSessions(
  file: ConfigFile | undefined,
  env: Environment,
  databaseUrl: string | undefined,
): SessionsConfig {
  const { store, dir, maxSessions, ttlSeconds, limits } = file?.content.sessions ?? {}
  const fromFile = dir && resolve(dirname(file?.path ?? ''), dir)
  const folder = env.LITELLM_AGENTS_SESSIONS_DIR || (store !== 'memory' ? fromFile : undefined)
  const chosen = folder ?? (store === 'file' ? join(userStateFolder(env), 'sessions') : undefined)
  // Runs that move to another server need their sessions there.
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

/** Returns the database that `sessions.store: postgres` selects; `undefined` without that setting. */
export function sessionsDatabase(content: FileContent | undefined, env: Environment) {
  if (content?.sessions?.store !== 'postgres') return undefined
  return content.runs?.databaseUrl ?? (env.DATABASE_URL || undefined)
}

export function sessionsProblems(
  content: FileContent | undefined,
  env: Environment,
): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  // A relative folder would depend on the directory in which a client starts the server.
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
