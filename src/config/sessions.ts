import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { ConfigFile } from './file.js'
import { userStateFolder } from './folders.js'
import type { ConfigProblem } from './problems.js'

type Environment = Readonly<Record<string, string | undefined>>

/** Where conversations are kept, how many, and for how long after their last use. */
export interface SessionsConfig {
  /** Absent: in memory. */
  dir?: string
  maxSessions: number
  ttlSeconds: number
  /** Caps on all runs of a session together. */
  limits: { maxCostUsd?: number; maxTotalTokens?: number }
}

/** A folder that is named means files, wherever it is named. */
export function resolveSessions(file: ConfigFile | undefined, env: Environment): SessionsConfig {
  const { store, dir, maxSessions, ttlSeconds, limits } = file?.content.sessions ?? {}
  const fromFile = dir && resolve(dirname(file?.path ?? ''), dir)
  const folder = env.LITELLM_AGENTS_SESSIONS_DIR || (store !== 'memory' ? fromFile : undefined)
  const chosen = folder ?? (store === 'file' ? join(userStateFolder(env), 'sessions') : undefined)
  return {
    ...(chosen !== undefined && { dir: chosen }),
    maxSessions: maxSessions ?? 1000,
    ttlSeconds: ttlSeconds ?? 24 * 60 * 60,
    limits: limits ?? {},
  }
}

/** A folder that depends on where a client starts us would be another one each time. */
export function sessionsProblems(env: Environment): ConfigProblem[] {
  const dir = env.LITELLM_AGENTS_SESSIONS_DIR || undefined
  if (dir === undefined || isAbsolute(dir)) return []
  return [{ path: ['LITELLM_AGENTS_SESSIONS_DIR'], message: 'must be an absolute path' }]
}
