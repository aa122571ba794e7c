import type { ContentBlock, JsonObject, SystemContentBlock } from '../agent/content.js'
import type { Limits } from '../agent/limits.js'
import type { RunSpec } from '../runs/spec.js'
import {
  checkAgent,
  checkUrls,
  permittedLimits,
  permittedModel,
  permittedParams,
  permittedTools,
} from './permission.js'
import type { Services } from './services.js'

/** What run_agent and structured_extract are both told. */
export interface CallArguments {
  prompt: string | ContentBlock[]
  agent?: string | undefined
  modelId?: string | undefined
  systemPrompt?: string | SystemContentBlock[] | undefined
  params?: JsonObject | undefined
  tools?: string[] | undefined
  limits?: Limits | undefined
}

/** The run that a call asks for, within what the operator allows. Fails with an AgentError. */
export function planCall(
  tool: RunSpec['tool'],
  args: CallArguments,
  principal: string,
  { config, models }: Services,
): RunSpec {
  checkAgent(args.agent)
  checkUrls(args.prompt, config)
  return {
    tool,
    principal,
    agent: '',
    params: permittedParams(args.params, config),
    modelId: permittedModel(args.modelId, config, models),
    prompt: args.prompt,
    ...(args.systemPrompt !== undefined && { systemPrompt: args.systemPrompt }),
    tools: permittedTools(args.tools, config),
    limits: permittedLimits(args.limits ?? {}, config),
  }
}
