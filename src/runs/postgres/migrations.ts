import type { Database } from './queryable.js'

/** Ours; the engine's own tables are in another. */
export const schemaName = 'litellm_agents'

/** Any number; whoever holds it makes tables. */
export const schemaLock = 7_231_540_189

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
]

/** Brings the tables up to date; of several nodes that start at once, one does it. */
export async function migrate(database: Database): Promise<void> {
  await database.withLock(schemaLock, async () => {
    await database.rows(`CREATE SCHEMA IF NOT EXISTS ${schemaName}`)
    await database.rows('CREATE TABLE IF NOT EXISTS schema_version (version int PRIMARY KEY)')
    const [row] = await database.rows<{ version: number }>(
      'SELECT coalesce(max(version), 0) AS version FROM schema_version',
    )
    for (const [index, sql] of migrations.entries()) {
      if (index < (row?.version ?? 0)) continue
      await database.transaction(async (client) => {
        await client.rows(sql)
        await client.rows('INSERT INTO schema_version VALUES ($1)', [index + 1])
      })
    }
  })
}
