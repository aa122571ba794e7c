import type { AgentProfile } from '../../config/profiles.js'

/** What the tools of other servers do is theirs to say. */
export function mayDestroy({ readOnly, tools }: AgentProfile): boolean {
  return !readOnly && tools.some((tool) => tool.includes('/'))
}
