import * as z from 'zod'
import type { AgentProfile } from '../../config/profiles.js'
import { planCall } from '../../policy/plan-run.js'
import { runCall } from '../calls/run-call.js'
import { id } from '../id.js'
import type { Services } from '../services.js'
import type { ServerTool, ToolAnswer, ToolCall } from '../tool-call.js'
import { agentArgument, toolsArgument } from './agent-argument.js'
import { shared } from './arguments.js'
import { defineTool } from './define-tool.js'
import { runOutputSchema } from './output-schemas.js'

export const runAgentArguments = z.strictObject({
  prompt: shared.prompt,
  agent: shared.agent,
  modelId: shared.modelId,
  systemPrompt: shared.systemPrompt,
  params: shared.params,
  tools: z.array(id).optional().describe('calculator, current_time. Default: those of the agent'),
  sessionId: shared.sessionId,
  outputSchema: shared.schema
    .optional()
    .describe('JSON Schema of the object that the run must end with'),
  limits: shared.limits,
  idempotencyKey: shared.idempotencyKey,
  waitSeconds: shared.waitSeconds,
})

type RunAgentArguments = z.output<typeof runAgentArguments>

/** Runs an agent to its answer. */
export function runAgentTool(services: Services): ServerTool {
  const { config } = services
  return defineTool({
    name: 'run_agent',
    title: 'Run an agent',
    description:
      'Delegates a task to an AI agent on another model and returns its answer, usage and cost. ' +
      'Use it when the user wants another model, a second opinion, a cheaper or larger model, or one of the agents listed here. Do not use it for what you can do yourself. ' +
      'The agent sees only what you send, so put all it needs into the prompt. ' +
      'It can use tools, continue a conversation (sessionId) and end with an object that fits a JSON Schema (outputSchema).',
    arguments: runAgentArguments,
    schema: 'run_agent',
    properties: { agent: agentArgument(config, 'described'), tools: toolsArgument(config) },
    outputSchema: runOutputSchema,
    annotations: {
      readOnlyHint: false,
      destructiveHint: [...config.agents.values()].some(isDestructive),
      idempotentHint: false,
      openWorldHint: true,
    },
    run: (args, call) => runAgent(args, call, services),
  })
}

export async function runAgent(
  args: RunAgentArguments,
  call: ToolCall,
  services: Services,
): Promise<ToolAnswer> {
  const { outputSchema, sessionId } = args
  const spec = {
    ...planCall('run_agent', args, call.principal, services),
    ...(sessionId !== undefined && { sessionId }),
    ...(outputSchema && { output: { schema: outputSchema } }),
  }
  return runCall(spec, args, call, services)
}

/** The tools of other servers may change things, so an agent that has some may, too. */
export function isDestructive({ readOnly, tools }: AgentProfile): boolean {
  return !readOnly && tools.some((tool) => tool.includes('/'))
}
