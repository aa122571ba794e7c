import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type HttpServer, startHttp } from './connect.js'
import { startPostgres, type TestDatabase, type TestPostgres } from './postgres.js'
import type { Environment } from './program.js'

/** For each test a database of its own; what it starts shares it, and ends with the test. */
export function serversOnPostgres(): {
  start(env: Environment, args?: string[]): Promise<HttpServer>
  /** The database of the present test. */
  database(): TestDatabase
} {
  let postgres: TestPostgres
  let database: TestDatabase
  let servers: HttpServer[]

  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres.stop())
  beforeEach(async () => {
    servers = []
    database = await postgres.database()
  })
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.stop()))
  })

  return {
    database: () => database,
    start: async (env, args) => {
      const server = await startHttp({ DATABASE_URL: database.url, ...env }, args)
      servers.push(server)
      return server
    },
  }
}
