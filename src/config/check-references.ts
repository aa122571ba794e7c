import { matchesAny, matchesGlob } from '../util/glob.js'
import { nearest } from '../util/nearest-name.js'
import type { ConfigProblem } from './problems.js'
import type { AgentProfile } from './profiles.js'
import { builtinToolNames, toolReference } from './tool-references.js'

type Profiles = ReadonlyMap<string, AgentProfile>
type Servers = ReadonlyMap<string, { tools?: string[] }>

/** Returns the problems of the names that agents use for tools, servers and each other. */
export function checkReferences(agents: Profiles, servers: Servers): ConfigProblem[] {
  const problems = [...agents.values()].flatMap(({ name, tools }) =>
    tools.flatMap((tool, index) => {
      const message = badReference(tool, agents, servers)
      return message === undefined ? [] : [{ path: ['agents', name, 'tools', index], message }]
    }),
  )
  const cycle = findCycle(agents)
  if (!cycle) return problems
  const [first, ...rest] = cycle
  const message = `agents use each other in a cycle: ${[first, ...rest, first].join(' → ')}`
  return [...problems, { path: ['agents', first as string, 'tools'], message }]
}

function badReference(name: string, agents: Profiles, servers: Servers): string | undefined {
  const reference = toolReference(name, agents)
  if (reference.kind === 'mcp') {
    const { server, tool } = reference
    const allowed = [...servers].flatMap(([name, meant]) =>
      matchesGlob(server, name) ? [meant.tools] : [],
    )
    if (allowed.length === 0)
      return `there is no server ${JSON.stringify(server)} in mcpServers${hint(server, [...servers.keys()])}`
    if (!tool.includes('*') && !allowed.some((tools) => !tools || matchesAny(tools, tool)))
      return `mcpServers.${server}.tools does not allow ${JSON.stringify(tool)}`
    return undefined
  }
  if (reference.kind !== 'unknown') return undefined
  const known = [...builtinToolNames, ...agents.keys()]
  return `there is no tool or agent ${JSON.stringify(name)}${hint(name, known) || '.'} Tools of mcpServers are named server/tool.`
}

function hint(name: string, names: readonly string[]): string {
  const near = nearest(name, names)
  return near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`
}

/** Returns the names on a path by which an agent would use itself. */
export function findCycle(agents: Profiles): string[] | undefined {
  const done = new Set<string>()
  const visit = (name: string, way: readonly string[]): string[] | undefined => {
    const seen = way.indexOf(name)
    if (seen !== -1) return way.slice(seen)
    if (done.has(name)) return undefined
    done.add(name)
    for (const tool of agents.get(name)?.tools ?? []) {
      const reference = toolReference(tool, agents)
      const found = reference.kind === 'agent' && visit(reference.name, [...way, name])
      if (found) return found
    }
    return undefined
  }
  for (const name of agents.keys()) {
    const found = visit(name, [])
    if (found) return found
  }
  return undefined
}
