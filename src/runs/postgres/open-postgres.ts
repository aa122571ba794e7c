import type { SessionStoreOptions } from '../sessions/session-store.js'
import { openDatabase } from './database.js'
import { Notifications } from './notifications.js'
import { PostgresSessions } from './postgres-sessions.js'
import type { Database } from './queryable.js'

/** What is shared by all servers on one PostgreSQL. */
export interface Postgres {
  readonly database: Database
  readonly notifications: Notifications
  readonly sessions: PostgresSessions
}

/** Connects, and makes the tables where they are not there yet. Fails with an AgentError. */
export async function openPostgres(
  url: string,
  options: SessionStoreOptions,
  onError: (error: unknown) => void,
): Promise<Postgres> {
  const database = await openDatabase(url, onError)
  const notifications = new Notifications(url, onError)
  await notifications.open()
  const sessions = new PostgresSessions(database, notifications, { ...options, onError })
  return { database, notifications, sessions }
}
