import type { Config } from '../config/resolve.js'

/**
 * The configuration for whoever sits at the shell. They could write the file themselves, so what it
 * allows callers does not bind them; what it lets a run spend does. Their runs live and end with the
 * command.
 */
export function operatorConfig(config: Config, params: readonly string[] = []): Config {
  const { durable: _, ...runs } = config.runs
  const agents = [...config.agents].map(
    ([name, profile]) => [name, { ...profile, overridable: true }] as const,
  )
  return {
    ...config,
    allow: {
      ...config.allow,
      modelIds: ['*'],
      params: [...params],
      tools: ['*/*', ...config.agents.keys()],
    },
    agents: new Map(agents),
    runs: { ...runs, maxTextChars: Infinity },
  }
}
