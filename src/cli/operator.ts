import type { Config } from '../config/resolve.js'

/**
 * Returns the configuration for the user at the shell, who is the operator: the allow lists of the file
 * limit callers of the server only, but its limits on spending apply. Runs are not durable, because they
 * end with the command. `params` are the parameters that the command line sets.
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
      tools: [...[...config.mcpServers.keys()].map((name) => `${name}/*`), ...config.agents.keys()],
    },
    agents: new Map(agents),
    runs: { ...runs, maxTextChars: Infinity },
  }
}
