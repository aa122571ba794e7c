import type { CallToolResult } from '@modelcontextprotocol/server'
import * as z from 'zod'
import { agentArgument } from '../agent-words.js'
import { inputSchema, shared } from '../arguments.js'
import { cacheAdvice } from '../cache-advice.js'
import { planCall } from '../call-plan.js'
import { imageContent } from '../image-content.js'
import { parseArguments } from '../parse-arguments.js'
import { knownProfile } from '../permission.js'
import { failure, runMeta, spending, success } from '../results.js'
import { runWithProgress } from '../run-with-progress.js'
import type { Services } from '../services.js'
import type { ServerTool, ToolCall } from '../tool.js'
import { mayDestroy } from './may-destroy.js'
import { runOutputSchema } from './output-schemas.js'

export const runAgentArguments = z.strictObject({
  prompt: shared.prompt,
  agent: shared.agent,
  modelId: shared.modelId,
  systemPrompt: shared.systemPrompt,
  params: shared.params,
  tools: z.array(z.string()).optional().describe('calculator, current_time; default: none'),
  sessionId: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('Any name; the same name continues the conversation'),
  outputSchema: shared.schema
    .optional()
    .describe('JSON Schema of an object the run must end in, see output in the result'),
  limits: shared.limits,
})

/** Runs an agent to its answer. */
export function runAgentTool(services: Services): ServerTool {
  return {
    name: 'run_agent',
    describe: () => ({
      name: 'run_agent',
      title: 'Run an agent',
      description:
        'Delegates a task to an AI agent on any model the server can reach, and returns its answer with what it used and cost. ' +
        'The agent sees only what you send: put all it needs into the prompt. ' +
        'It can use tools you name, keep a conversation (sessionId) and answer with an object that fits a JSON Schema (outputSchema).',
      inputSchema: inputSchema(runAgentArguments, {
        agent: agentArgument(services.config, 'words'),
      }),
      outputSchema: runOutputSchema,
      annotations: {
        readOnlyHint: false,
        destructiveHint: [...services.config.agents.values()].some(mayDestroy),
        idempotentHint: false,
        openWorldHint: true,
      },
    }),
    call: (call) =>
      runAgent(parseArguments('run_agent', runAgentArguments, call.args), call, services),
  }
}

export async function runAgent(
  { sessionId, outputSchema, ...args }: z.output<typeof runAgentArguments>,
  call: ToolCall,
  services: Services,
): Promise<CallToolResult> {
  const profile = knownProfile(args.agent, services.config)
  const schema = outputSchema ?? profile?.outputSchema
  const spec = {
    ...planCall('run_agent', args, call.principal, services),
    ...(sessionId !== undefined && { sessionId }),
    ...(schema && { output: { schema } }),
  }
  const outcome = await runWithProgress(spec, call, services)
  if ('error' in outcome) {
    const { error, ...about } = outcome
    return failure(error, { text: error.text ?? '', stopReason: null, ...about }, services.redact)
  }
  const { result, ...about } = outcome
  const text = String(result)
  return success(
    text,
    {
      status: result.stopReason === 'cancelled' ? 'cancelled' : 'completed',
      text,
      stopReason: result.stopReason,
      ...about,
      ...(result.output !== undefined && { output: result.output }),
      ...spending(result),
      ...(result.limit && { limit: result.limit }),
    },
    runMeta(result.usage, result.metrics),
    (profile?.cacheAdvice ?? services.config.defaults.cacheAdvice)
      ? cacheAdvice(result.metrics.cache)
      : undefined,
    imageContent(result.message),
  )
}
