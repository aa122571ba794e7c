import type { Pool, PoolClient, QueryResultRow } from 'pg'
import { configurationError } from '../../agent/errors.js'
import { migrate, schemaName } from './schema.js'

export type Row = QueryResultRow

/** Runs SQL: the pool, or one connection inside a transaction. */
export interface Queryable {
  /** The rows of one statement. */
  rows<R extends Row>(sql: string, values?: readonly unknown[]): Promise<R[]>
}

export interface Database extends Queryable {
  /** All or nothing; the work's own failure rolls back. */
  transaction<T>(work: (client: Queryable) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const maxConnections = 10

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
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        const result = await work(queryable(client))
        await client.query('COMMIT')
        return result
      } catch (error) {
        // What went wrong first is what is told.
        await client.query('ROLLBACK').catch(() => {})
        throw error
      } finally {
        client.release()
      }
    },
    close: () => pool.end(),
  }
}

function queryable(client: Pool | PoolClient): Queryable {
  return {
    rows: async <R extends Row>(sql: string, values: readonly unknown[] = []) =>
      (await client.query<R>(sql, [...values])).rows,
  }
}

function unreachable(error: unknown) {
  const why = error instanceof Error && 'code' in error ? error.code : 'unknown reason'
  return configurationError(
    `The PostgreSQL of runs and sessions cannot be used (${why}).`,
    'Check DATABASE_URL (or runs.databaseUrl): its server must answer, and its user may create schemas in that database.',
  )
}
