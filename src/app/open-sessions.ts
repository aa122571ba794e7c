import type { SessionsConfig } from '../config/sessions.js'
import { MemorySessions } from '../runs/sessions/memory-sessions.js'
import type { SessionStore } from '../runs/sessions/session-store.js'

/** Opens the session store that the configuration selects. */
export async function openSessions(
  config: SessionsConfig,
  onError: (error: unknown) => void,
): Promise<SessionStore> {
  const { databaseUrl, dir } = config
  const options = storeOptions(config)
  if (databaseUrl !== undefined) {
    const { openPostgres } = await import('../runs/postgres/open-postgres.js')
    return (await openPostgres({ databaseUrl }, options, onError)).sessions
  }
  if (dir === undefined) return new MemorySessions(options)
  const { FileSessions } = await import('../runs/sessions/files/file-sessions.js')
  return new FileSessions(dir, options, onError)
}

export function storeOptions({ maxSessions, ttlSeconds, limits }: SessionsConfig) {
  return { maxSessions, ttlMs: ttlSeconds * 1000, limits }
}
