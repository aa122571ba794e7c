import type { ClientBase, Pool } from 'pg'

export type { Pool }

export interface PoolOptions {
  readonly name: string
  readonly maxConnections: number
  /** The time limit for one statement. A change applies to the statements that follow. */
  readonly statement: { timeoutMs: number }
  /** The time limit for a connection. */
  readonly connectTimeoutMs?: number
  /** Reports a connection that breaks while it is idle. */
  readonly onError: (error: Error) => void
}

const connectTimeoutMs = 10_000
const keepAliveMs = 10_000
const idleTransactionMs = 60_000
/** The SQLSTATE under which a lost connection is reported. */
const connectionFailure = '08006'
/** The time limit of a statement or a lock, and a server that became a replica: a later try can succeed. */
const passing = new Set(['57014', '55P03', '25006'])

/**
 * Opens a pool on which no statement waits forever. A statement without a response within its time
 * limit closes its connection, because a network can drop packets without an error. Failures that a
 * retry can resolve are reported as a lost connection.
 */
export async function openPool(url: string, options: PoolOptions): Promise<Pool> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections,
    application_name: options.name,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    connectionTimeoutMillis: options.connectTimeoutMs ?? connectTimeoutMs,
    // A transaction that a dead node left open must not hold its locks.
    onConnect: async (client) => {
      // Without a listener, a connection that breaks inside a transaction would end the process.
      client.on('error', options.onError)
      await client.query(`SET idle_in_transaction_session_timeout = ${idleTransactionMs}`)
      limitStatements(client, options.statement)
    },
  })
  // Without a listener, a connection that breaks while it is idle would end the process.
  pool.on('error', options.onError)
  return pool
}

/**
 * Returns whether a connection pooler, such as PgBouncer, is between this process and PostgreSQL.
 */
export async function hasPooler(pool: Pool): Promise<boolean> {
  const client = await pool.connect()
  try {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    // A pooler makes up the process id that it reports at connection.
    const { processID } = client as { processID?: number | null }
    return rows[0]?.pid !== processID
  } finally {
    client.release()
  }
}

type Query = (...args: readonly unknown[]) => unknown
type Callback = (error: unknown, result: unknown) => void

function limitStatements(client: ClientBase, statement: PoolOptions['statement']): void {
  // The overloads of `query` differ in their arguments, which are passed on as they are.
  const query = client.query.bind(client) as Query
  const end = () => {
    ;(client as unknown as { end(): Promise<void> }).end().catch(() => {})
  }
  const startTimer = () => {
    const { timeoutMs } = statement
    const timer = timeoutMs > 0 ? setTimeout(end, timeoutMs) : undefined
    return () => clearTimeout(timer)
  }
  const failure = (error: unknown) => {
    if (!(error instanceof Error)) return error
    const code = 'code' in error ? String(error.code) : ''
    if (!passing.has(code) && !/^connection terminated/i.test(error.message)) return error
    // The connection is to a server that cannot write. The next connection may reach its successor.
    if (code === '25006') end()
    return Object.assign(error, { code: connectionFailure })
  }
  const limited: Query = (...args) => {
    const callback = args.at(-1)
    const stop = startTimer()
    if (typeof callback === 'function')
      return query(...args.slice(0, -1), (error: unknown, result: unknown) => {
        stop()
        ;(callback as Callback)(error && failure(error), result)
      })
    return Promise.resolve(query(...args)).then(
      (result) => {
        stop()
        return result
      },
      (error: unknown) => {
        stop()
        throw failure(error)
      },
    )
  }
  client.query = limited as typeof client.query
}
