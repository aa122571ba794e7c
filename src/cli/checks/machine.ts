import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type { Config } from '../../config/resolve.js'
import { type Check, checked, ok, problem } from './check.js'

const [leastMajor, leastMinor] = [20, 19]

export function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const enough = major > leastMajor || (major === leastMajor && minor >= leastMinor)
  return enough
    ? ok('Node', version)
    : problem('Node', version, `Install Node ${leastMajor}.${leastMinor} or later.`)
}

export async function sessionsCheck({ dir }: Config['sessions']): Promise<Check | undefined> {
  if (dir === undefined) return undefined
  return checked(
    'sessions',
    `Make ${dir} writable for this user, or set sessions.dir or LITELLM_AGENTS_SESSIONS_DIR.`,
    async () => {
      await access(await existing(dir), constants.W_OK)
      return ok('sessions', `in ${dir}, which is writable`)
    },
  )
}

/** Returns the folder, or its nearest parent that exists: the folder is created when it is needed. */
async function existing(folder: string): Promise<string> {
  try {
    await access(folder)
    return folder
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!missing || dirname(folder) === folder) throw error
    return existing(dirname(folder))
  }
}

export async function databaseCheck(url: string | undefined): Promise<Check | undefined> {
  if (url === undefined) return undefined
  return checked(
    'PostgreSQL',
    'Start PostgreSQL, or correct runs.databaseUrl or DATABASE_URL.',
    async () => {
      const { default: pg } = await import('pg')
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
      try {
        await client.connect()
        const { rows } = await client.query('show server_version')
        return ok('PostgreSQL', `reachable, version ${rows[0]?.server_version}`)
      } finally {
        await client.end().catch(() => {})
      }
    },
  )
}

/** A package that only some configurations need. */
export function packageCheck(name: string, neededFor: string): Check {
  try {
    createRequire(import.meta.url).resolve(name)
    return ok('package', `${name}, for ${neededFor}`)
  } catch {
    return problem(
      'package',
      `${name} is needed for ${neededFor}, but is not installed`,
      `Run npm install ${name} where litellm-agents-mcp is installed.`,
    )
  }
}
