import { openPool, type Pool } from '../postgres/pool.js'
import type { DurableEngineOptions } from './engine-options.js'

/** Opens one of the engine's own pools; `name` shows in PostgreSQL's list of connections. */
export function enginePool(
  { databaseUrl, onError }: DurableEngineOptions,
  name: string,
  maxConnections: number,
  statement: { timeoutMs: number },
  connectTimeoutMs?: number,
): Promise<Pool> {
  return openPool(databaseUrl, {
    name: `litellm-agents-mcp ${name}`,
    maxConnections,
    statement,
    onError,
    ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
  })
}
