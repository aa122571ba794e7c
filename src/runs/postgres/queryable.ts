import type { QueryResultRow } from 'pg'

export type Row = QueryResultRow

/** Runs SQL: on any connection of the pool, or on one connection inside a transaction. */
export interface Queryable {
  /** Returns the rows of one statement. */
  rows<R extends Row>(sql: string, values?: readonly unknown[]): Promise<R[]>
}

export interface Database extends Queryable {
  /** Commits all of the work, or rolls all of it back if it fails. */
  transaction<T>(work: (client: Queryable) => Promise<T>): Promise<T>
  /** Does work that only one node may do at a time. */
  withLock<T>(lockId: number, work: () => Promise<T>): Promise<T>
  close(): Promise<void>
}
