import type { ConfigProblem } from './problems.js'
import type { AgentProfile } from './profiles.js'
import { agentToolPrefix } from './tool-references.js'

/** Claude Code adds this to the tools of a server that is named as `init` and the README name it. */
const clientPrefix = 'mcp__litellm-agents__'

/** Anthropic and OpenAI accept tool names of up to 64 characters; clients drop or refuse longer ones. */
const maxToolName = 64

/** Returns a warning for each agent whose own tool has a name that is too long for clients. */
export function longToolNames(agents: Iterable<AgentProfile>): ConfigProblem[] {
  const room = maxToolName - clientPrefix.length - agentToolPrefix.length
  return [...agents]
    .filter(({ exposeAs, name }) => exposeAs === 'tool' && name.length > room)
    .map(({ name }) => {
      const length = clientPrefix.length + agentToolPrefix.length + name.length
      return {
        path: ['agents', name],
        message: `its tool ${clientPrefix}${agentToolPrefix}${name} has ${length} characters, and clients accept at most ${maxToolName}`,
        fix: `Use a name of at most ${room} characters, or remove exposeAs.`,
      }
    })
}
