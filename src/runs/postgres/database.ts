import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { AgentError, configurationError } from '../../agent/errors.js'
import { migrate } from './migrations.js'
import { isOutage } from './outage.js'
import { hasPooler, openPool } from './pool.js'
import type { Database, Queryable, Row } from './queryable.js'

const maxConnections = 10
const statementTimeoutMs = 10_000
const lockPollMs = 50
/** Limits the wait for a lock; a longer wait is reported. */
const longWaitMs = 5_000

export interface OpenDatabase {
  readonly database: Database
  /** True if a connection pooler, such as PgBouncer, is between this server and PostgreSQL. */
  readonly pooled: boolean
}

/** Connects, and creates or updates the tables. Fails with an AgentError. */
export async function openDatabase(
  url: string,
  onError: (error: Error) => void,
): Promise<OpenDatabase> {
  const pool = await openPool(url, {
    name: 'litellm-agents-mcp',
    maxConnections,
    statement: { timeoutMs: statementTimeoutMs },
    onError,
  })
  try {
    const pooled = await hasPooler(pool)
    const database = databaseOn(pool, pooled, onError)
    await migrate(database)
    return { database, pooled }
  } catch (error) {
    await pool.end().catch(() => {})
    throw unreachable(error)
  }
}

/**
 * Returns a database on a pool. If `pooled` is true, statements are not prepared, because poolers
 * may move them to other connections.
 */
export function databaseOn(pool: Pool, pooled: boolean, onError: (error: Error) => void): Database {
  const transaction = async <T>(work: (client: Queryable) => Promise<T>): Promise<T> => {
    const client = await pool.connect().catch(connectionLost)
    try {
      const { rows } = queryable(client, pooled)
      await rows('BEGIN')
      const result = await work({ rows })
      await rows('COMMIT')
      return result
    } catch (error) {
      // The first failure is the one to report.
      await client.query('ROLLBACK').catch(() => {})
      throw error
    } finally {
      client.release()
    }
  }
  return {
    rows: queryable(pool, pooled).rows,
    transaction,
    withLock: async (lockId, work) => {
      const startedAt = Date.now()
      let reportAt = startedAt + longWaitMs
      for (;;) {
        // A lock of a transaction ends with it, also behind a pooler. A statement that waits for the
        // lock would block CREATE INDEX CONCURRENTLY, so the lock is polled.
        let done: { result: Awaited<ReturnType<typeof work>> } | undefined
        await transaction(async ({ rows }) => {
          // Without parameters, because a statement with parameters keeps its snapshot until the
          // transaction ends, and CREATE INDEX CONCURRENTLY waits for that.
          const [row] = await rows<{ got: boolean }>(
            `SELECT pg_try_advisory_xact_lock(${lockId}) AS got`,
          )
          if (row?.got) done = { result: await work() }
        }).catch((error: unknown) => {
          // The lock can be lost after the work has finished, because the idle transaction has a
          // time limit.
          if (!done) throw error
        })
        if (done) return done.result
        if (Date.now() > reportAt) {
          reportAt += 2 * longWaitMs
          onError(waitingForLock(lockId, Date.now() - startedAt))
        }
        await sleep(lockPollMs)
      }
    },
    close: () => pool.end(),
  }
}

function waitingForLock(lockId: number, waitedMs: number): Error {
  return new Error(
    `This server has waited ${Math.round(waitedMs / 1000)} s for another server to create tables (advisory lock ${lockId}). If no other server is starting, end the session that holds the lock: see pg_locks.`,
  )
}

/** The names of prepared statements, by their SQL. */
const statementNames = new Map<string, string>()

function statementName(sql: string): string {
  const known = statementNames.get(sql)
  if (known !== undefined) return known
  const name = `litellm_agents_${statementNames.size}`
  statementNames.set(sql, name)
  return name
}

function queryable(client: Pool | PoolClient, pooled: boolean): Queryable {
  return {
    rows: async <R extends Row>(text: string, values?: readonly unknown[]) => {
      const query = {
        text,
        ...(values && { values: [...values] }),
        ...(values && !pooled && { name: statementName(text) }),
      }
      return (await client.query<R>(query).catch(connectionLost)).rows
    },
  }
}

/** Reports a lost connection as retryable, because the request is not at fault. */
function connectionLost(error: unknown): never {
  if (!isOutage(error)) throw error
  throw new AgentError({
    code: 'connection',
    message: 'The PostgreSQL of runs and sessions cannot be reached.',
    hint: 'Try again in a moment. If the error persists, check that the database is up.',
    retryable: true,
    unsent: true,
    cause: error,
  })
}

function unreachable(error: unknown) {
  const cause = error instanceof AgentError ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  const message = cause instanceof Error ? cause.message : String(cause)
  return configurationError(
    `The PostgreSQL of runs and sessions cannot be used (${code ?? 'no code'}: ${message}).`,
    'Check DATABASE_URL (or runs.databaseUrl): its server must answer, and its user must be allowed to create schemas in that database.',
  )
}
