import type { QueryResultRow } from 'pg'

export type Row = QueryResultRow

/** Runs SQL: the pool, or one connection inside a transaction. */
export interface Queryable {
  /** The rows of one statement. */
  rows<R extends Row>(sql: string, values?: readonly unknown[]): Promise<R[]>
}

export interface Database extends Queryable {
  /** All or nothing; the work's own failure rolls back. */
  transaction<T>(work: (client: Queryable) => Promise<T>): Promise<T>
  /** Does work that only one node may do at a time. */
  withLock<T>(lockId: number, work: () => Promise<T>): Promise<T>
  close(): Promise<void>
}
