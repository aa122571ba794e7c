import { type AgentError, configurationError } from '../../agent/errors.js'

/**
 * Lists the LiteLLM providers that require a special login, signature or format. These providers
 * need a LiteLLM Proxy.
 */
export const proxyOnly: ReadonlySet<string> = new Set([
  'sagemaker',
  'sagemaker_chat',
  'sagemaker_nova',
  'watsonx',
  'watsonx_text',
  'replicate',
  'oci',
  'sap',
  'github_copilot',
  'chatgpt',
  'gigachat',
  'petals',
  'predibase',
  'nlp_cloud',
  'maritalk',
  'triton',
  'bytez',
  'clarifai',
  'datarobot',
  'ragflow',
  'langgraph',
  'manus',
  'azure_text',
  'anthropic_text',
  'text-completion-openai',
  'text-completion-codestral',
])

/** Returns the error for a model that needs a LiteLLM Proxy, with the command that starts one. */
export function needsProxy(modelId: string): AgentError {
  return configurationError(
    `${modelId} cannot be called directly: it needs a LiteLLM Proxy.`,
    `Start one with: pip install 'litellm[proxy]==1.102.4' && litellm --model ${modelId} --port 4000 — then set LITELLM_PROXY_API_BASE=http://127.0.0.1:4000 and LITELLM_PROXY_API_KEY, and use litellm_proxy/${modelId}.`,
  )
}
