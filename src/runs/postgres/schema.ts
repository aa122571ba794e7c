import type { Database } from './database.js'

/** Ours; the engine's own tables are in another. */
export const schemaName = 'litellm_agents'

/** Any number; whoever holds it makes the tables. */
const lockId = 7_231_540_189

/**
 * The tables, in the order they came about. What is here has run somewhere: change nothing, add at
 * the end. JSON is kept as `json`, not `jsonb`, which knows no NUL in a text.
 */
const migrations = [
  `CREATE TABLE sessions (
     principal text NOT NULL,
     agent text NOT NULL,
     session_id text NOT NULL,
     version bigint NOT NULL,
     -- Who committed the last turn.
     holder text NOT NULL,
     messages json NOT NULL,
     cache_memory json NOT NULL,
     summary json NOT NULL,
     last_used timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (principal, agent, session_id)
   );
   CREATE INDEX ON sessions (last_used);
   -- Who has a session or waits for it, in the order they came.
   CREATE TABLE session_turns (
     turn bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     principal text NOT NULL,
     agent text NOT NULL,
     session_id text NOT NULL,
     holder text NOT NULL UNIQUE,
     lease_until timestamptz NOT NULL
   );
   CREATE INDEX ON session_turns (principal, agent, session_id, turn);`,
]

/** Brings the tables up to date; of several nodes that start at once, one does it. */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (client) => {
    await client.rows('SELECT pg_advisory_xact_lock($1)', [lockId])
    await client.rows(`CREATE SCHEMA IF NOT EXISTS ${schemaName}`)
    await client.rows('CREATE TABLE IF NOT EXISTS schema_version (version int PRIMARY KEY)')
    const [row] = await client.rows<{ version: number }>(
      'SELECT coalesce(max(version), 0) AS version FROM schema_version',
    )
    const done = row?.version ?? 0
    for (const [index, sql] of migrations.entries()) {
      if (index < done) continue
      await client.rows(sql)
      await client.rows('INSERT INTO schema_version VALUES ($1)', [index + 1])
    }
  })
}
