import type { SessionStoreOptions } from '../sessions/session-store.js'
import { openDatabase } from './database.js'
import { Notifications } from './notifications.js'
import { PostgresSessions } from './postgres-sessions.js'
import type { Database } from './queryable.js'

/** The parts that all servers on one PostgreSQL share. */
export interface Postgres {
  readonly database: Database
  readonly notifications: Notifications
  readonly sessions: PostgresSessions
  /** True if a connection pooler, such as PgBouncer, is between this server and PostgreSQL. */
  readonly pooled: boolean
}

/** `listenUrl` bypasses a pooler, which cannot deliver notices. */
export interface PostgresUrls {
  readonly databaseUrl: string
  readonly listenUrl?: string | undefined
}

/** Connects, and creates or updates the tables. Fails with an AgentError. */
export async function openPostgres(
  { databaseUrl, listenUrl }: PostgresUrls,
  options: SessionStoreOptions,
  onError: (error: unknown) => void,
): Promise<Postgres> {
  const { database, pooled } = await openDatabase(databaseUrl, onError)
  if (pooled && listenUrl === undefined) onError(new Error(pollingNotice))
  const listenAt = listenUrl ?? (pooled ? undefined : databaseUrl)
  const notifications = new Notifications(database, listenAt, onError)
  await notifications.open()
  const sessions = new PostgresSessions(database, notifications, { ...options, onError })
  return { database, notifications, sessions, pooled }
}

const pollingNotice =
  'DATABASE_URL leads through a connection pooler, which does not deliver notifications, so this server polls twice a second. Set DATABASE_URL_DIRECT (or runs.listenUrl) to an address of PostgreSQL itself.'
