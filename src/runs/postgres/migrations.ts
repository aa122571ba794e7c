import type { Database } from './queryable.js'

/** The schema of this program's tables. DBOS has its own. */
const schemaName = 'litellm_agents'

/** The key of the advisory lock under which tables are created. */
export const schemaLock = 7_231_540_189

/**
 * The steps that create the tables, in order. Each of these has run on some database, so never change
 * one: add a step at the end. JSON has the type `json`, because `jsonb` rejects NUL in a text.
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
  `CREATE TABLE runs (
     run_id text PRIMARY KEY,
     principal text NOT NULL,
     tool text NOT NULL,
     agent text NOT NULL,
     model_id text NOT NULL,
     session_id text,
     spec json NOT NULL,
     stream boolean,
     -- Only nodes of this version take it.
     version text NOT NULL,
     idempotency_key text,
     arguments_digest text,
     status text NOT NULL DEFAULT 'queued',
     doing text NOT NULL DEFAULT 'queued',
     -- What it said and spent so far: text, usage, metrics.
     progress json,
     approvals json,
     -- Waiting for somebody's word does not count as time.
     waiting_since timestamptz,
     waited interval NOT NULL DEFAULT '0',
     outcome json,
     attempts int NOT NULL DEFAULT 0,
     -- What it holds of its principal's day.
     held_tokens bigint,
     held_usd double precision,
     cancel_requested boolean NOT NULL DEFAULT false,
     created_at timestamptz NOT NULL DEFAULT now(),
     started_at timestamptz,
     ended_at timestamptz,
     expires_at timestamptz
   );
   CREATE UNIQUE INDEX ON runs (principal, idempotency_key)
     WHERE idempotency_key IS NOT NULL AND NOT cancel_requested;
   CREATE INDEX ON runs (principal, created_at DESC);
   CREATE INDEX ON runs (expires_at) WHERE expires_at IS NOT NULL;
   CREATE INDEX ON runs (created_at) WHERE ended_at IS NULL;
   CREATE TABLE run_messages (
     run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
     position int NOT NULL,
     message json NOT NULL,
     PRIMARY KEY (run_id, position)
   );
   CREATE TABLE usage_totals (
     day date NOT NULL,
     principal text NOT NULL,
     agent text NOT NULL,
     model_id text NOT NULL,
     runs bigint NOT NULL,
     cycles bigint NOT NULL,
     input_tokens bigint NOT NULL,
     output_tokens bigint NOT NULL,
     total_tokens bigint NOT NULL,
     cache_read_input_tokens bigint NOT NULL,
     cache_write_input_tokens bigint NOT NULL,
     reasoning_tokens bigint NOT NULL,
     cost_usd double precision NOT NULL,
     -- Model calls of which a provider did not tell.
     unknown_usage bigint NOT NULL,
     unknown_cost bigint NOT NULL,
     PRIMARY KEY (day, principal, agent, model_id)
   );
   CREATE TABLE day_spending (
     day date NOT NULL,
     principal text NOT NULL,
     tokens bigint NOT NULL,
     usd double precision NOT NULL,
     PRIMARY KEY (day, principal)
   );
   -- What people said to tool calls that needed their word.
   CREATE TABLE run_decisions (
     run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
     tool_use_id text NOT NULL,
     decision json NOT NULL,
     PRIMARY KEY (run_id, tool_use_id)
   );
   -- What all nodes must know alike, and nobody else.
   CREATE TABLE secrets (name text PRIMARY KEY, value bytea NOT NULL);
   CREATE TABLE nodes (
     executor_id text PRIMARY KEY,
     version text NOT NULL,
     seen_at timestamptz NOT NULL
   );`,
  `-- What agents that work in a tool call of a run have done in it.
   CREATE TABLE run_steps (
     run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
     place text NOT NULL,
     record json NOT NULL,
     PRIMARY KEY (run_id, place)
   );`,
  `ALTER TABLE runs ADD COLUMN figures json;
   CREATE INDEX ON runs (principal, ended_at DESC) WHERE figures IS NOT NULL;`,
  `-- What runs used and spent, one row for each end, until it is added to the totals. Totals that all
   -- ends of runs write to would make these wait for one another.
   CREATE TABLE usage_log (
     entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     LIKE usage_totals
   );
   CREATE INDEX ON usage_log (principal);
   CREATE TABLE spending_log (
     entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     LIKE day_spending
   );
   CREATE INDEX ON spending_log (principal, day);`,
]

/** Creates or updates the tables. If several nodes start at once, one of them does it. */
export async function migrate(database: Database): Promise<void> {
  if ((await currentVersion(database)) >= migrations.length) return
  await database.withLock(schemaLock, async () => {
    await database.rows(`CREATE SCHEMA IF NOT EXISTS ${schemaName}`)
    await database.rows(
      `CREATE TABLE IF NOT EXISTS ${schemaName}.schema_version (version int PRIMARY KEY)`,
    )
    const version = await currentVersion(database)
    for (const [index, sql] of migrations.entries()) {
      if (index < version) continue
      await database.transaction(async (client) => {
        // The migrations name their tables without the schema.
        await client.rows(`SET LOCAL search_path = ${schemaName}`)
        await client.rows(sql)
        await client.rows(`INSERT INTO ${schemaName}.schema_version VALUES (${index + 1})`)
      })
    }
  })
}

/** Returns how many migrations have run. */
async function currentVersion(database: Database): Promise<number> {
  const [table] = await database.rows<{ found: boolean }>(
    `SELECT to_regclass('${schemaName}.schema_version') IS NOT NULL AS found`,
  )
  if (!table?.found) return 0
  const [row] = await database.rows<{ version: number }>(
    `SELECT coalesce(max(version), 0) AS version FROM ${schemaName}.schema_version`,
  )
  return row?.version ?? 0
}
