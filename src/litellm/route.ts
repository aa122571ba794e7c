import type { JsonObject, JsonValue } from '../agent/content.js'
import { AgentError, configurationError } from '../agent/errors.js'
import { type ProviderEntry, providers } from './providers.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** LiteLLM's client arguments, by LiteLLM's names. */
export type ClientArgs = Readonly<JsonObject>

/** Where a model id goes: everything that is decided before a call, and nothing that is guessed. */
export interface Route {
  readonly wire: 'openai-chat'
  readonly kind: 'proxy' | 'direct' | 'offline'
  /** LiteLLM's provider name: `litellm_proxy`, `openai`, `groq`, … */
  readonly provider: string
  /** The model name that is sent. */
  readonly model: string
  /** `provider/model`: the one spelling of this route, whatever the caller wrote. */
  readonly id: string
  /** Without a trailing slash; empty for the offline model, whose server starts with the first call. */
  readonly baseUrl: string
  /** `clientArgs.api_base`, an environment variable's name, or `default`. */
  readonly baseSource: string
  readonly apiKey: string | undefined
  /** `clientArgs.api_key` or an environment variable's name; `null`: no key. */
  readonly keySource: string | null
  readonly traits: Traits
}

/** How the endpoint differs from OpenAI's own. */
export type Traits = Omit<ProviderEntry, 'baseUrl' | 'baseEnv' | 'keyEnv' | 'keyOptional' | 'addV1'>

const proxyTraits: Traits = { cacheControl: true, objectArguments: true }
const offlineTraits: Traits = { cacheControl: true }
const proxyPrefix = 'litellm_proxy/'
const openaiName = /^(gpt-|chatgpt-|o\d(-|$)|ft:(gpt-|davinci|babbage))/

/**
 * The route of a model id (DESIGN §4). Pure. Fails with `configuration` where something is missing
 * and with `modelNotFound` where the id names no provider.
 */
export function resolveRoute(
  { modelId, clientArgs = {} }: { modelId: string; clientArgs?: ClientArgs },
  env: Environment,
): Route {
  const args = routeArgs(clientArgs)
  const flag = args.useProxy ?? /^(true|1)$/i.test(env.USE_LITELLM_PROXY ?? '')
  if (flag || modelId.startsWith(proxyPrefix)) return proxyRoute(modelId, args, env)
  const slash = modelId.indexOf('/')
  const prefix = slash === -1 ? '' : modelId.slice(0, slash)
  if (prefix === 'offline') return offlineRoute(modelId.slice(slash + 1))
  const entry = Object.hasOwn(providers, prefix) ? providers[prefix] : undefined
  if (entry) return directRoute(prefix, entry, modelId.slice(slash + 1), args, env)
  if (openaiName.test(modelId) && prefix === '')
    return directRoute('openai', providers.openai as ProviderEntry, modelId, args, env)
  throw unplaced(modelId, args)
}

interface RouteArgs {
  apiKey: string | undefined
  apiBase: string | undefined
  useProxy: boolean | undefined
}

function routeArgs(clientArgs: ClientArgs): RouteArgs {
  const { use_litellm_proxy: useProxy } = clientArgs
  if (useProxy !== undefined && useProxy !== null && typeof useProxy !== 'boolean')
    throw configurationError(
      'clientArgs.use_litellm_proxy must be true or false.',
      'Set it to true to call a LiteLLM Proxy.',
    )
  const apiBase = textArg(clientArgs, 'api_base') ?? textArg(clientArgs, 'base_url')
  return { apiKey: textArg(clientArgs, 'api_key'), apiBase, useProxy: useProxy ?? undefined }
}

function textArg(args: ClientArgs, key: string): string | undefined {
  const value: JsonValue | undefined = args[key]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string') return value
  throw configurationError(`clientArgs.${key} must be a string.`, `Give clientArgs.${key} as text.`)
}

function proxyRoute(modelId: string, args: RouteArgs, env: Environment): Route {
  const model = modelId.startsWith(proxyPrefix) ? modelId.slice(proxyPrefix.length) : modelId
  if (model === '')
    throw configurationError(
      'The model id names no model.',
      'Write litellm_proxy/<name>, with a name that the proxy serves.',
    )
  const envBase = env.LITELLM_PROXY_API_BASE || undefined
  const base = args.apiBase ?? envBase
  if (base === undefined)
    throw configurationError(
      `${modelId} goes through a LiteLLM Proxy, and no address is given for it.`,
      'Set LITELLM_PROXY_API_BASE or clientArgs.api_base to the address of the proxy.',
    )
  const baseUrl = checkUrl(base)
  const elsewhere = envBase !== undefined && trimSlash(envBase) !== baseUrl
  const envKey = elsewhere ? undefined : env.LITELLM_PROXY_API_KEY || undefined
  const apiKey = args.apiKey ?? envKey
  if (apiKey === undefined)
    throw configurationError(
      elsewhere && env.LITELLM_PROXY_API_KEY
        ? `LITELLM_PROXY_API_KEY belongs to the proxy of LITELLM_PROXY_API_BASE, and ${modelId} goes to another.`
        : `${modelId} goes through a LiteLLM Proxy, and no key is given for it.`,
      elsewhere
        ? 'Give clientArgs.api_key beside clientArgs.api_base.'
        : 'Set LITELLM_PROXY_API_KEY or clientArgs.api_key (any text for a proxy without keys).',
    )
  return {
    wire: 'openai-chat',
    kind: 'proxy',
    provider: 'litellm_proxy',
    model,
    id: proxyPrefix + model,
    baseUrl,
    baseSource: args.apiBase !== undefined ? 'clientArgs.api_base' : 'LITELLM_PROXY_API_BASE',
    apiKey,
    keySource: args.apiKey !== undefined ? 'clientArgs.api_key' : 'LITELLM_PROXY_API_KEY',
    traits: proxyTraits,
  }
}

function directRoute(
  provider: string,
  entry: ProviderEntry,
  model: string,
  args: RouteArgs,
  env: Environment,
): Route {
  const baseVariable = entry.baseEnv.find((name) => env[name])
  const given = args.apiBase ?? (baseVariable && env[baseVariable])
  const base = given ?? entry.baseUrl
  if (base === null)
    throw configurationError(
      `${provider}/ has no usual address, and none is given.`,
      `Set ${entry.baseEnv.join(' or ')} or clientArgs.api_base.`,
    )
  const keyVariable = entry.keyEnv.find((name) => env[name])
  const apiKey = args.apiKey ?? (keyVariable && env[keyVariable])
  if (apiKey === undefined && !entry.keyOptional)
    throw configurationError(
      `No key is given for ${provider}/${model}.`,
      `Set ${entry.keyEnv.join(' or ')} or clientArgs.api_key.`,
    )
  const { baseUrl: usualBase, baseEnv, keyEnv, keyOptional, addV1, ...traits } = entry
  const baseUrl = checkUrl(base)
  // LiteLLM keeps cache_control for an OpenAI-format server of one's own, and only there.
  const ownServer = provider === 'openai' && baseUrl !== usualBase
  return {
    wire: 'openai-chat',
    kind: 'direct',
    provider,
    model,
    id: `${provider}/${model}`,
    baseUrl: addV1 && new URL(baseUrl).pathname === '/' ? `${baseUrl}/v1` : baseUrl,
    baseSource: args.apiBase !== undefined ? 'clientArgs.api_base' : (baseVariable ?? 'default'),
    apiKey,
    keySource: args.apiKey !== undefined ? 'clientArgs.api_key' : (keyVariable ?? null),
    traits:
      ownServer || ownOpenAiServers.has(provider) ? { ...traits, cacheControl: true } : traits,
  }
}

const ownOpenAiServers = new Set(['custom_openai', 'openai_like'])

function offlineRoute(model: string): Route {
  if (model !== 'demo')
    throw new AgentError({
      code: 'modelNotFound',
      message: `There is no offline model ${JSON.stringify(model)}.`,
      hint: 'The one offline model is offline/demo.',
    })
  return {
    wire: 'openai-chat',
    kind: 'offline',
    provider: 'offline',
    model,
    id: 'offline/demo',
    baseUrl: '',
    baseSource: 'default',
    apiKey: undefined,
    keySource: null,
    traits: offlineTraits,
  }
}

function unplaced(modelId: string, { apiBase }: RouteArgs): AgentError {
  if (apiBase !== undefined)
    return configurationError(
      `${modelId} names no provider, and clientArgs.api_base alone does not say what kind of server stands there.`,
      `For a LiteLLM Proxy set use_litellm_proxy: true or write litellm_proxy/${modelId}; for an OpenAI-compatible server write openai/${modelId}.`,
    )
  return new AgentError({
    code: 'modelNotFound',
    message: `${JSON.stringify(modelId)} names no provider that can be called directly.`,
    hint: 'Write provider/model, such as openai/gpt-4o-mini, or litellm_proxy/<name> for a model that a LiteLLM Proxy serves.',
  })
}

function checkUrl(base: string): string {
  const trimmed = trimSlash(base)
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined
  if (url && /^https?:$/.test(url.protocol)) return trimmed
  throw configurationError(
    'The base URL is not a valid http or https URL.',
    'Give it in full, such as http://127.0.0.1:4000.',
  )
}

function trimSlash(base: string): string {
  return base.replace(/\/+$/, '')
}
