import type { Limits } from '../agent/limits.js'
import type { ContentBlock, SystemContentBlock } from '../agent/messages/content.js'
import type { RunSpec } from '../runs/spec.js'
import type { JsonObject } from '../util/json.js'
import type { PolicySource } from './model-source.js'
import {
  checkUrls,
  knownProfile,
  openFallbacks,
  permittedLimits,
  permittedModel,
  permittedParams,
  permittedSystemPrompt,
  permittedTools,
  requireProfile,
} from './permission.js'

/** The arguments that run_agent and structured_extract share. */
export interface CallArguments {
  prompt: string | ContentBlock[]
  agent?: string | undefined
  modelId?: string | undefined
  systemPrompt?: string | SystemContentBlock[] | undefined
  params?: JsonObject | undefined
  tools?: string[] | undefined
  limits?: Limits | undefined
}

/** Returns the run that a call asks for, if the operator allows it. Fails with an AgentError. */
export function planCall(
  tool: RunSpec['tool'],
  args: CallArguments,
  principal: string,
  { config, models }: PolicySource,
): RunSpec {
  const profile = knownProfile(args.agent, config)
  requireProfile(profile, config)
  checkUrls(args.prompt, config)
  const systemPrompt = permittedSystemPrompt(args.systemPrompt, profile)
  const { defaults } = config
  const fallbacks = openFallbacks(profile?.fallbacks ?? defaults.fallbacks, config, models)
  const cache = profile?.cache ?? defaults.cache
  return {
    tool,
    principal,
    agent: profile?.name ?? '',
    params: permittedParams(args.params, profile, config),
    modelId: permittedModel(args.modelId, profile, config, models),
    ...(fallbacks.length > 0 && { fallbacks }),
    ...(cache && { cache }),
    ...(profile?.conversation && { conversation: profile.conversation }),
    prompt: args.prompt,
    ...(systemPrompt !== undefined && { systemPrompt }),
    tools: permittedTools(args.tools, profile, config),
    ...(profile?.readOnly && { readOnly: true }),
    ...(profile && profile.approval.length > 0 && { approval: profile.approval }),
    limits: permittedLimits(args.limits, profile, config),
    ...(tool === 'run_agent' &&
      profile?.outputSchema && { output: { schema: profile.outputSchema } }),
  }
}
