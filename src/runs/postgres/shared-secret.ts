import type { Database } from './queryable.js'

/** Returns the secret that all nodes share: the first one that was stored. */
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
