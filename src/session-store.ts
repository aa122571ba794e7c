import type { SessionsConfig } from './config/sessions.js'
import { MemorySessions } from './runs/memory-sessions.js'
import type { SessionStore } from './runs/session-store.js'

/** The store that the operator chose. */
export async function sessionStore(config: SessionsConfig): Promise<SessionStore> {
  const { dir, maxSessions, ttlSeconds, limits } = config
  const options = { maxSessions, ttlMs: ttlSeconds * 1000, limits }
  if (dir === undefined) return new MemorySessions(options)
  const { FileSessions } = await import('./runs/file-sessions.js')
  return new FileSessions(dir, options)
}
