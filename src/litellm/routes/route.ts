import { AgentError, configurationError } from '../../agent/errors.js'
import { anthropicRoute } from './anthropic.js'
import { type ClientArgs, type Environment, type RouteArgs, routeArgs } from './args.js'
import { azureRoute } from './azure.js'
import { bedrockRoute, mantleRoute } from './bedrock.js'
import { responsesRoute } from './call-route.js'
import { geminiRoute } from './gemini.js'
import { needsProxy, proxyOnly } from './needs-proxy.js'
import { openaiCompatibleRoute } from './openai-compatible.js'
import { providers } from './providers.js'
import { proxyPrefix, proxyRoute } from './proxy.js'
import { snowflakeRoute } from './snowflake.js'
import type { FoundRoute, Route } from './types.js'
import { vertexRoute } from './vertex.js'

export type { ClientArgs, Environment } from './args.js'
export type { Route, Traits } from './types.js'

const openaiName =
  /^(gpt-(?!3\.5-turbo-instruct)|chatgpt-|chat-latest$|codex-|computer-use-|daybreak-|o\d(-|$)|ft:(gpt-|o\d))/
/** Lists the names that select a provider without its prefix, as in LiteLLM. */
const bareNames = [
  [openaiName, 'openai'],
  [/^command-/, 'cohere_chat'],
  [/^jamba-/, 'ai21_chat'],
] as const
const bedrockName =
  /^((us|eu|apac|au|jp|ca|sa|us-gov|global)\.)?(anthropic|amazon|meta|mistral|cohere|ai21|deepseek|qwen|openai|writer|minimax|moonshot|moonshotai|google|nvidia|zai|xai|twelvelabs)\.\w/

/**
 * Returns the route of a model id (DESIGN §4). Pure. Throws `configuration` if a required setting
 * is missing. Throws `modelNotFound` if the id names no provider.
 */
export function resolveRoute(asked: Asked, env: Environment): Route {
  const route = findRoute(asked, env)
  if (route.missingKey) throw route.missingKey
  return route
}

interface Asked {
  modelId: string
  clientArgs?: ClientArgs
}

/** Returns the route of a model id even if its key is missing. */
export function findRoute({ modelId, clientArgs = {} }: Asked, env: Environment): FoundRoute {
  const args = routeArgs(clientArgs)
  const route = placedRoute(modelId, args, env)
  return args.verify === undefined ? route : { ...route, verify: args.verify }
}

function placedRoute(modelId: string, args: RouteArgs, env: Environment): FoundRoute {
  const flag = args.useProxy ?? /^(true|1)$/i.test(env.USE_LITELLM_PROXY ?? '')
  const proxied = flag || modelId.startsWith(proxyPrefix)
  const [, before = '', model] = (proxied ? proxyResponses : responsesName).exec(modelId) ?? []
  if (model !== undefined) return requestedResponses(before + model, args.all, env)
  if (proxied) return proxyRoute(modelId, args, env)
  const slash = modelId.indexOf('/')
  return slash === -1
    ? bareRoute(modelId, args, env)
    : prefixedRoute(modelId.slice(0, slash), modelId.slice(slash + 1), args, env)
}

const responsesName = /^([^/]+\/)?responses\/(.+)$/
const proxyResponses = /^(litellm_proxy\/)?responses\/(.+)$/

/**
 * Returns the route of an id that requests the Responses API, such as
 * `openai/responses/gpt-4o-mini`.
 */
function requestedResponses(modelId: string, clientArgs: ClientArgs, env: Environment): FoundRoute {
  const route = findRoute({ modelId, clientArgs }, env)
  if (route.responses || route.wire === 'openai-responses') return responsesRoute(route)
  throw configurationError(
    `${route.provider} has no Responses API for ${modelId}.`,
    `Remove responses/ from the model id.`,
  )
}

function prefixedRoute(
  prefix: string,
  model: string,
  args: RouteArgs,
  env: Environment,
): FoundRoute {
  if (model === '')
    throw configurationError(
      `${prefix}/ names no model.`,
      `Write ${prefix}/<model>, with a model that the provider serves.`,
    )
  switch (prefix) {
    case 'offline':
      return offlineRoute(model)
    case 'anthropic':
      return anthropicRoute(model, args, env)
    case 'bedrock':
    case 'bedrock_converse':
      return bedrockRoute(model, args, env)
    case 'bedrock_mantle':
      return mantleRoute(model, args, env)
    case 'snowflake':
      return snowflakeRoute(model, args, env)
    case 'gemini':
      return geminiRoute(model, args, env)
    case 'vertex_ai':
    case 'vertex_ai_beta':
      return vertexRoute(model, args, env)
    case 'azure':
    case 'azure_ai':
      return azureRoute(prefix, model, args, env)
  }
  const entry = Object.hasOwn(providers, prefix) ? providers[prefix] : undefined
  if (entry) return openaiCompatibleRoute(prefix, entry, model, args, env)
  if (proxyOnly.has(prefix)) throw needsProxy(`${prefix}/${model}`)
  throw unplaced(`${prefix}/${model}`, args)
}

function bareRoute(modelId: string, args: RouteArgs, env: Environment): FoundRoute {
  const maker = bareNames.find(([name]) => name.test(modelId))?.[1]
  const entry = maker && providers[maker]
  if (entry) return openaiCompatibleRoute(maker, entry, modelId, args, env)
  if (modelId.startsWith('claude-')) return anthropicRoute(modelId, args, env)
  // If an address is given, a bare Bedrock name is more likely an alias on that server.
  if (bedrockName.test(modelId) && args.apiBase === undefined)
    return bedrockRoute(modelId, args, env)
  if (modelId.startsWith('gemini-')) return vertexRoute(modelId, args, env)
  throw unplaced(modelId, args)
}

function offlineRoute(model: string): Route {
  if (model !== 'demo')
    throw new AgentError({
      code: 'modelNotFound',
      unsent: true,
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
    traits: { cacheControl: true },
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
    unsent: true,
    message: `${JSON.stringify(modelId)} names no provider that can be called directly.`,
    hint: 'Write provider/model, such as openai/gpt-4o-mini, or litellm_proxy/<name> for a model that a LiteLLM Proxy serves.',
  })
}
