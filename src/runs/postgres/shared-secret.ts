import type { Database } from './queryable.js'

/** A secret that all nodes have alike: the one that came first. */
export async function sharedSecret(
  database: Database,
  name: string,
  value: Uint8Array,
): Promise<Uint8Array> {
  await database.rows('INSERT INTO litellm_agents.secrets VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    name,
    value,
  ])
  const [row] = await database.rows<{ value: Buffer }>(
    'SELECT value FROM litellm_agents.secrets WHERE name = $1',
    [name],
  )
  return row?.value ?? value
}
