import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { AgentError, configurationError } from '../../agent/errors.js'
import { migrate, schemaName } from './migrations.js'
import { isOutage } from './outage.js'
import type { Database, Queryable, Row } from './queryable.js'

const maxConnections = 10
const lockPollMs = 50

/** Connects, and makes the tables where they are not there yet. */
export async function openDatabase(
  url: string,
  onError: (error: Error) => void,
): Promise<Database> {
  const pool = await connect(url)
  // A connection that breaks while idle is replaced; without a listener it would end the process.
  pool.on('error', onError)
  const database = databaseOf(pool)
  try {
    await migrate(database)
  } catch (error) {
    await pool.end().catch(() => {})
    throw unreachable(error)
  }
  return database
}

async function connect(url: string): Promise<Pool> {
  const { default: pg } = await import('pg')
  return new pg.Pool({
    connectionString: url,
    max: maxConnections,
    options: `-c search_path=${schemaName}`,
    application_name: 'litellm-agents-mcp',
  })
}

function databaseOf(pool: Pool): Database {
  return {
    rows: queryable(pool).rows,
    transaction: async (work) => {
      const client = await pool.connect().catch(connectionLost)
      try {
        const { rows } = queryable(client)
        await rows('BEGIN')
        const result = await work({ rows })
        await rows('COMMIT')
        return result
      } catch (error) {
        // What went wrong first is what is told.
        await client.query('ROLLBACK').catch(() => {})
        throw error
      } finally {
        client.release()
      }
    },
    withLock: async (lockId, work) => {
      const client = await pool.connect()
      try {
        // Whoever waits inside a statement keeps indexes from being built beside.
        while (!(await tryLock(client, lockId))) await sleep(lockPollMs)
        return await work()
      } finally {
        await client.query('SELECT pg_advisory_unlock($1)', [lockId]).catch(() => {})
        client.release()
      }
    },
    close: () => pool.end(),
  }
}

async function tryLock(client: PoolClient, lockId: number): Promise<boolean> {
  const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS got', [lockId])
  return rows[0].got
}

function queryable(client: Pool | PoolClient): Queryable {
  return {
    rows: async <R extends Row>(sql: string, values: readonly unknown[] = []) =>
      (await client.query<R>(sql, [...values]).catch(connectionLost)).rows,
  }
}

/** A database that is away for a moment is no fault of what was asked. */
function connectionLost(error: unknown): never {
  if (!isOutage(error)) throw error
  throw new AgentError({
    code: 'connection',
    message: 'The PostgreSQL of runs and sessions cannot be reached.',
    hint: 'Try again in a moment; if it stays, look whether the database is up.',
    retryable: true,
    unsent: true,
    cause: error,
  })
}

function unreachable(error: unknown) {
  const cause = error instanceof AgentError ? error.cause : error
  const why = cause instanceof Error && 'code' in cause ? cause.code : 'unknown reason'
  return configurationError(
    `The PostgreSQL of runs and sessions cannot be used (${why}).`,
    'Check DATABASE_URL (or runs.databaseUrl): its server must answer, and its user may create schemas in that database.',
  )
}
