import { checkKeys } from '../agent/check-keys.js'
import { configurationError } from '../agent/errors.js'
import type { JsonObject } from '../util/json.js'
import type { ClientArgs } from './routes/route.js'

/**
 * Configures a model as Strands' `LiteLLMModel` does. `clientArgs` and `params` keep LiteLLM's own
 * names.
 */
export interface LiteLLMModelConfig {
  /** Names the model by its LiteLLM id: `openai/gpt-4o-mini`, `litellm_proxy/<name>`, … */
  modelId: string
  /**
   * Configures the client: `api_key`, `api_base`, `use_litellm_proxy`, `timeout` (s),
   * `num_retries`, `extra_headers`, … Other arguments are added to the request body.
   */
  clientArgs?: ClientArgs
  /** Adds parameters to the request body unchanged: `max_tokens`, `temperature`, … */
  params?: Readonly<JsonObject>
  /**
   * Disables streaming if `false`, for an endpoint that does not support it. The default is true.
   */
  stream?: boolean
  /** Places cache points where they reduce cost if `auto`. Explicit cache points are kept. */
  cache?: 'auto'
  /**
   * Lists the models that are called in order if this model fails. Fallbacks apply to rate limits,
   * provider errors, timeouts and connection failures. They also apply if the conversation is too
   * long for the model. On a proxy route, the request passes their names to the proxy. On other
   * routes, this client calls them, each with the key of its own route.
   */
  fallbacks?: readonly (string | LiteLLMModelConfig)[]
}

const configKeys = ['modelId', 'clientArgs', 'params', 'stream', 'cache', 'fallbacks'] as const

/** Returns a configuration that is valid. Throws a `configuration` AgentError. */
export function checkConfig(config: LiteLLMModelConfig): LiteLLMModelConfig {
  checkKeys(config, configKeys, 'LiteLLMModel')
  if (typeof config.modelId !== 'string' || config.modelId.trim() === '')
    throw configurationError(
      'LiteLLMModel needs a modelId.',
      'Give it as text, such as openai/gpt-4o-mini or litellm_proxy/<name>.',
    )
  if (config.cache !== undefined && config.cache !== 'auto')
    throw configurationError(
      `LiteLLMModel's cache cannot be ${JSON.stringify(config.cache)}.`,
      'Set it to "auto", or leave it out and place cache points yourself.',
    )
  return config
}
