import type { ImportedAgent } from '../import/imported-agent.js'
import { matchesAny } from '../util/glob.js'
import { agentToolPrefix, builtinToolNames, toolReference } from './tool-references.js'

/** Returns the tools of an agent that this server has. */
export function toolsOf(
  { entry, hasAllTools, name, withoutTools }: ImportedAgent,
  servers: ReadonlySet<string>,
  agents: ReadonlySet<string>,
  notes: string[],
): string[] {
  const wanted = hasAllTools
    ? [...builtinToolNames, ...[...servers].map((server) => `${server}/*`)]
    : (entry.tools ?? [])
  const missing: string[] = []
  const tools = wanted.filter((tool) => {
    if (tool === `${agentToolPrefix}${name}`) return false
    const reference = toolReference(tool, agents)
    const isThere =
      reference.kind === 'mcp'
        ? [...servers].some((server) => matchesAny([reference.server], server))
        : reference.kind !== 'unknown'
    if (!isThere) missing.push(tool)
    return isThere
  })
  if (missing.length > 0) notes.push(`this server has no tool ${missing.join(', ')}`)
  return tools.filter((tool) => !isDenied(tool, withoutTools))
}

/** A glob that covers a denied tool is denied as a whole, because it cannot leave one out. */
function isDenied(tool: string, denied: readonly string[]): boolean {
  return denied.some((one) => matchesAny([tool], one) || matchesAny([one], tool))
}
