import { readFileSync } from 'node:fs'
import type { TestDatabase } from '../test/helpers/postgres.js'

/** The settings of PostgreSQL with which it counts statements. */
export const countingFlags = [
  '-c',
  'shared_preload_libraries=pg_stat_statements',
  '-c',
  'pg_stat_statements.max=5000',
]

/** What PostgreSQL and the servers spent between two moments. */
export interface Spent {
  /** Statements of this program, of DBOS, and those that begin and end transactions. */
  readonly ours: number
  readonly dbos: number
  readonly transactions: number
  /** Milliseconds of processor time. */
  readonly nodesMs: number
  readonly postgresMs: number
  /** Milliseconds that statements took in PostgreSQL, waits for locks included. */
  readonly statementMs: number
}

export async function countStatements(database: TestDatabase): Promise<void> {
  await database.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
}

/** Starts to count; the returned function returns what was spent since then. */
export async function startCosts(
  database: TestDatabase,
  pids: { nodes: readonly number[]; postmaster: number },
): Promise<() => Promise<Spent>> {
  await database.query('SELECT pg_stat_statements_reset()')
  const nodes = processorMs(pids.nodes)
  const postgres = postgresMs(pids.postmaster)
  return async () => {
    const nodesMs = processorMs(pids.nodes) - nodes
    const spentByPostgres = postgresMs(pids.postmaster) - postgres
    const rows = await statementsOf(database)
    const calls = (of: (kind: Kind) => boolean) =>
      rows.filter(({ query }) => of(kindOf(query))).reduce((sum, row) => sum + row.calls, 0)
    return {
      ours: calls((kind) => kind === 'ours'),
      dbos: calls((kind) => kind === 'dbos'),
      transactions: calls((kind) => kind === 'transaction'),
      nodesMs,
      postgresMs: spentByPostgres,
      statementMs: rows.reduce((sum, { ms }) => sum + ms, 0),
    }
  }
}

/** Returns the statements since the last reset, the most frequent ones first. */
export async function statementsOf(
  database: TestDatabase,
): Promise<{ query: string; calls: number; ms: number }[]> {
  const rows = await database.query(
    `SELECT query, calls::int AS calls, total_exec_time AS ms FROM pg_stat_statements
     WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND query NOT LIKE '%pg_stat_statements%' ORDER BY calls DESC`,
  )
  return rows.map(({ query, calls, ms }) => ({ query, calls, ms }))
}

type Kind = 'ours' | 'dbos' | 'transaction'

function kindOf(query: string): Kind {
  if (/^\s*(begin|commit|rollback|set|start)\b/i.test(query)) return 'transaction'
  // DBOS quotes the name of its schema. Our own statements may name its tables too.
  return query.includes('"litellm_agents_dbos"') ? 'dbos' : 'ours'
}

/** One clock tick of /proc/PID/stat. */
const tickMs = 10

function processorMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticks(pid, [13, 14]) * tickMs, 0)
}

/** The postmaster counts the processes that have ended. */
function postgresMs(postmaster: number): number {
  const tasks = `/proc/${postmaster}/task/${postmaster}/children`
  const children = readFileSync(tasks, 'utf8').split(' ').filter(Boolean).map(Number)
  return ticks(postmaster, [13, 14, 15, 16]) * tickMs + processorMs(children)
}

/** Sums fields of /proc/PID/stat, which are counted from 0; a process that has ended counts as 0. */
function ticks(pid: number, fields: readonly number[]): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field, the name of the program, can contain spaces.
    const values = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields.reduce((sum, field) => sum + Number(values[field - 2]), 0)
  } catch {
    return 0
  }
}
