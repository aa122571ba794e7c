import { configurationError } from '../../agent/errors.js'
import { checkUrl, type Environment, findKey, findText, type RouteArgs, trimSlash } from './args.js'
import type { FoundRoute, Traits } from './types.js'

export const proxyPrefix = 'litellm_proxy/'

const traits: Traits = { cacheControl: true, objectArguments: true, signedThoughts: 'litellm' }

export function proxyRoute(modelId: string, args: RouteArgs, env: Environment): FoundRoute {
  const model = modelId.startsWith(proxyPrefix) ? modelId.slice(proxyPrefix.length) : modelId
  if (model === '')
    throw configurationError(
      'The model id names no model.',
      'Write litellm_proxy/<name>, with a name that the proxy serves.',
    )
  const base = findText({ name: 'api_base', value: args.apiBase }, ['LITELLM_PROXY_API_BASE'], env)
  if (!base)
    throw configurationError(
      `${modelId} goes through a LiteLLM Proxy, and no address is given for it.`,
      'Set LITELLM_PROXY_API_BASE or clientArgs.api_base to the address of the proxy.',
    )
  const baseUrl = checkUrl(base.value)
  const envBase = env.LITELLM_PROXY_API_BASE?.trim()
  // The environment's key is for the environment's proxy, so it is not sent to another proxy.
  const elsewhere = Boolean(envBase) && trimSlash(envBase as string) !== baseUrl
  const variables = elsewhere ? [] : ['LITELLM_PROXY_API_KEY']
  const key = findKey({ name: 'api_key', value: args.apiKey }, variables, env)
  return {
    wire: args.wire === 'anthropic' ? 'anthropic-messages' : 'openai-chat',
    kind: 'proxy',
    provider: 'litellm_proxy',
    model,
    id: proxyPrefix + model,
    baseUrl,
    baseSource: base.source,
    apiKey: key?.value,
    keySource: key?.source ?? null,
    ...(!key && { missingKey: noKey(modelId, elsewhere && Boolean(env.LITELLM_PROXY_API_KEY)) }),
    responses: { baseUrl },
    traits,
  }
}

function noKey(modelId: string, belongsElsewhere: boolean) {
  return belongsElsewhere
    ? configurationError(
        `LITELLM_PROXY_API_KEY belongs to the proxy of LITELLM_PROXY_API_BASE, and ${modelId} goes to another.`,
        'Set clientArgs.api_key together with clientArgs.api_base.',
      )
    : configurationError(
        `${modelId} goes through a LiteLLM Proxy, and no key is given for it.`,
        'Set LITELLM_PROXY_API_KEY or clientArgs.api_key (any text for a proxy without keys).',
      )
}
