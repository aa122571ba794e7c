import type { ContentBlock, JsonObject, SystemContentBlock } from '../agent/content.js'
import type { Limits } from '../agent/limits.js'
import type { RunRequest } from '../runs/run.js'
import {
  checkAgent,
  checkUrls,
  permittedLimits,
  permittedModel,
  permittedParams,
} from './permission.js'
import type { Services } from './services.js'

/** What run_agent and structured_extract are both told. */
export interface CallArguments {
  prompt: string | ContentBlock[]
  agent?: string | undefined
  modelId?: string | undefined
  systemPrompt?: string | SystemContentBlock[] | undefined
  params?: JsonObject | undefined
  limits?: Limits | undefined
}

/** The run that a call asks for, within what the operator allows. Fails with an AgentError. */
export function planCall(
  args: CallArguments,
  { config, models }: Services,
): Omit<RunRequest, 'tools'> {
  checkAgent(args.agent)
  checkUrls(args.prompt, config)
  const params = permittedParams(args.params, config)
  const modelId = permittedModel(args.modelId, config, models)
  return {
    model: models.create(modelId, params),
    prompt: args.prompt,
    ...(args.systemPrompt !== undefined && { systemPrompt: args.systemPrompt }),
    limits: permittedLimits(args.limits ?? {}, config),
  }
}
