/** The tools that need no configuration. */
export const builtinToolNames: readonly string[] = ['calculator', 'current_time']

/** The tool or agent that a name in a profile's `tools` refers to. */
export type ToolReference =
  | { kind: 'builtin'; name: string }
  | { kind: 'agent'; name: string }
  /** `tool` may be a glob. */
  | { kind: 'mcp'; server: string; tool: string }
  | { kind: 'unknown' }

export const agentToolPrefix = 'agent_'

/** Resolves a name. A profile may be named alone or as the tool `agent_<name>`. */
export function toolReference(name: string, agents: { has(name: string): boolean }): ToolReference {
  const slash = name.indexOf('/')
  if (slash !== -1)
    return { kind: 'mcp', server: name.slice(0, slash), tool: name.slice(slash + 1) }
  if (builtinToolNames.includes(name)) return { kind: 'builtin', name }
  const agent = name.startsWith(agentToolPrefix) ? name.slice(agentToolPrefix.length) : name
  for (const candidate of [agent, name])
    if (agents.has(candidate)) return { kind: 'agent', name: candidate }
  return { kind: 'unknown' }
}

/** Returns the canonical name of a tool: `agent_<name>` for a profile. */
export function canonicalToolName(name: string, agents: { has(name: string): boolean }): string {
  const reference = toolReference(name, agents)
  return reference.kind === 'agent' ? `${agentToolPrefix}${reference.name}` : name
}
