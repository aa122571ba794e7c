import type { LoadedSession } from './session-file.js'

const maxBytes = 32 * 1024 * 1024

/** Caches sessions as last seen in their files. The least recently used are dropped first. */
export class LoadedSessions {
  private readonly sessions = new Map<string, LoadedSession>()
  private bytes = 0

  get(name: string): LoadedSession | undefined {
    const found = this.sessions.get(name)
    return found && this.set(name, found)
  }

  set(name: string, session: LoadedSession): LoadedSession {
    this.delete(name)
    this.sessions.set(name, session)
    this.bytes += session.live
    for (const oldest of this.sessions.keys()) {
      if (this.bytes <= maxBytes) break
      this.delete(oldest)
    }
    return session
  }

  delete(name: string): void {
    this.bytes -= this.sessions.get(name)?.live ?? 0
    this.sessions.delete(name)
  }
}
