import type { Usage } from '../agent/metrics/usage.js'
import type { ModelCallEnd, RunEnd } from '../agent/span.js'

export type Attributes = Record<string, string | number | boolean | string[]>

/**
 * Names a model as the OpenTelemetry conventions do: by its provider and by the provider's name for
 * it.
 */
export interface ModelName {
  provider: string
  model: string
}

/** Maps LiteLLM's provider names to those of the conventions, where they differ. */
const knownProviders: Record<string, string> = {
  bedrock: 'aws.bedrock',
  azure: 'azure.ai.openai',
  azure_ai: 'azure.ai.inference',
  gemini: 'gcp.gemini',
  vertex_ai: 'gcp.vertex_ai',
  mistral: 'mistral_ai',
  moonshot: 'moonshot_ai',
  xai: 'x_ai',
  watsonx: 'ibm.watsonx.ai',
}

/**
 * Returns the model name of a route, which has the form `provider/model` with LiteLLM's provider
 * names.
 */
export function modelName(route: string): ModelName {
  const slash = route.indexOf('/')
  const provider = route.slice(0, Math.max(0, slash))
  return {
    provider: knownProviders[provider] ?? (provider || '_OTHER'),
    model: route.slice(slash + 1),
  }
}

export function modelAttributes({ provider, model }: ModelName): Attributes {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
  }
}

export function runAttributes(name: string, model: ModelName): Attributes {
  return {
    ...modelAttributes(model),
    'gen_ai.operation.name': 'invoke_agent',
    ...(name !== '' && { 'gen_ai.agent.name': name }),
  }
}

export function toolAttributes(name: string): Attributes {
  return { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name }
}

export function modelCallEnd({ metrics, cache }: ModelCallEnd): Attributes {
  const { answeredBy, callId, costSource, costUsd, error, providerModel } = metrics
  const { stopReason, timeToFirstByteMs, usage } = metrics
  return {
    ...usageAttributes(usage),
    ...costAttributes(costUsd, costSource),
    ...(providerModel !== null && { 'gen_ai.response.model': providerModel }),
    ...(stopReason !== null && { 'gen_ai.response.finish_reasons': [stopReason] }),
    ...(timeToFirstByteMs !== null && {
      'gen_ai.response.time_to_first_chunk': timeToFirstByteMs / 1000,
    }),
    ...(callId !== null && { 'litellm_agents.call_id': callId }),
    ...(answeredBy !== undefined && { 'litellm_agents.answered_by': answeredBy }),
    ...(typeof cache?.savedUsd === 'number' && {
      'litellm_agents.cache.saved_usd': cache.savedUsd,
    }),
    ...errorAttribute(error),
  }
}

export function runEnd({ usage, metrics, stopReason, error }: RunEnd): Attributes {
  return {
    ...usageAttributes(usage),
    ...costAttributes(metrics.costUsd, metrics.costSource),
    'litellm_agents.cycles': metrics.cycles.length,
    ...(stopReason !== undefined && { 'litellm_agents.stop_reason': stopReason }),
    ...errorAttribute(error),
  }
}

export function errorAttribute(error: string | undefined): Attributes {
  return error === undefined ? {} : { 'error.type': error }
}

function usageAttributes(usage: Usage | null): Attributes {
  if (!usage) return {}
  const { cacheReadInputTokens: read, cacheWriteInputTokens: written, reasoningTokens } = usage
  return {
    'gen_ai.usage.input_tokens': usage.inputTokens,
    'gen_ai.usage.output_tokens': usage.outputTokens,
    ...(read !== undefined && { 'gen_ai.usage.cache_read.input_tokens': read }),
    ...(written !== undefined && { 'gen_ai.usage.cache_write.input_tokens': written }),
    ...(reasoningTokens !== undefined && {
      'gen_ai.usage.reasoning.output_tokens': reasoningTokens,
    }),
  }
}

/**
 * Returns the cost attributes of a call or run. An unknown cost has no attribute, and is not
 * reported as 0.
 */
function costAttributes(costUsd: number | null, costSource: string): Attributes {
  if (costUsd === null) return {}
  return { 'litellm_agents.cost_usd': costUsd, 'litellm_agents.cost_source': costSource }
}
