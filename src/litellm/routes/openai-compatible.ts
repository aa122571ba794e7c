import { configurationError } from '../../agent/errors.js'
import {
  checkUrl,
  type Environment,
  findKey,
  findText,
  missingKey,
  queryOf,
  type RouteArgs,
} from './args.js'
import type { ProviderEntry } from './providers.js'
import type { FoundRoute } from './types.js'

/**
 * Lists the providers for self-hosted servers. LiteLLM sends them `cache_control` and signed
 * thoughts unchanged.
 */
const ownServers = new Set(['custom_openai', 'openai_like'])

export function openaiCompatibleRoute(
  provider: string,
  entry: ProviderEntry,
  model: string,
  args: RouteArgs,
  env: Environment,
): FoundRoute {
  const { baseUrl: usual, baseEnv, keyEnv, keyOptional, addV1, responsesPath, ...traits } = entry
  const base = findText({ name: 'api_base', value: args.apiBase }, baseEnv, env)
  const address = base?.value ?? usual
  if (address === null)
    throw configurationError(
      `${provider}/ has no usual address, and none is given.`,
      `Set ${baseEnv.join(' or ')} or clientArgs.api_base.`,
    )
  const key = findKey({ name: 'api_key', value: args.apiKey }, keyEnv, env)
  const given = checkUrl(withAccount(address, env))
  const own = ownServers.has(provider) || (provider === 'openai' && given !== usual)
  const query = queryOf(address)
  const baseUrl = addV1 && new URL(given).pathname === '/' ? `${given}/v1` : given
  return {
    wire: 'openai-chat',
    kind: 'direct',
    provider,
    model: provider === 'fireworks_ai' ? fireworksName(model) : model,
    id: `${provider}/${model}`,
    baseUrl,
    ...(query && { query }),
    baseSource: base?.source ?? 'default',
    apiKey: key?.value,
    keySource: key?.source ?? null,
    ...(!key && !keyOptional && { missingKey: missingKey(`${provider}/${model}`, keyEnv) }),
    responses: { baseUrl: baseUrl + (responsesPath ?? '') },
    traits: own ? { ...traits, cacheControl: true, signedThoughts: 'litellm' } : traits,
  }
}

/**
 * Returns the full path of a Fireworks model. LiteLLM allows the caller to omit the start of the
 * path.
 */
function fireworksName(model: string): string {
  if (model.includes('#') || /^(accounts\/|FW-)/.test(model)) return model
  if (/^(models|routers)\//.test(model)) return `accounts/fireworks/${model}`
  return `accounts/fireworks/${model.endsWith('-fast') ? 'routers' : 'models'}/${model}`
}

/** Replaces `{VARIABLE}` in an address that contains an account name. */
function withAccount(address: string, env: Environment): string {
  return address.replace(/\{(\w+)\}/g, (_, variable: string) => {
    const value = env[variable]
    if (value) return encodeURIComponent(value)
    throw configurationError(
      `The address of this provider needs ${variable}.`,
      `Set ${variable}, or give the whole address in clientArgs.api_base.`,
    )
  })
}
