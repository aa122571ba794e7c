import type { AgentProfile } from '../../config/profiles.js'
import { agentToolPrefix } from '../../config/tool-references.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'
import { defineTool } from './define-tool.js'
import { runOutputSchema } from './output-schemas.js'
import { isDestructive, runAgent, runAgentArguments } from './run-agent.js'

export const agentToolArguments = runAgentArguments.pick({
  prompt: true,
  sessionId: true,
  outputSchema: true,
  limits: true,
  idempotencyKey: true,
  waitSeconds: true,
})

/** Offers a profile as a tool of its own: run_agent with the agent already chosen. */
export function agentTool(profile: AgentProfile, services: Services): ServerTool {
  const { description, readOnly } = profile
  return defineTool({
    name: `${agentToolPrefix}${profile.name}`,
    title: `Agent ${profile.name}`,
    description: `${shortened(description)} An AI agent: it sees only what you send, so put all it needs into the prompt.`,
    arguments: agentToolArguments,
    schema: 'agent',
    outputSchema: runOutputSchema,
    annotations: {
      readOnlyHint: readOnly,
      destructiveHint: isDestructive(profile),
      idempotentHint: false,
      openWorldHint: true,
    },
    run: (args, call) => runAgent({ ...args, agent: profile.name }, call, services),
  })
}

/** Clients cut descriptions at 2,048 characters. */
function shortened(description: string): string {
  return description.length > 1_900 ? `${description.slice(0, 1_900)}…` : description
}
