import { AgentError } from '../../agent/errors.js'
import type { ListedModel } from '../../agent/listed-model.js'
import { isJsonObject, type JsonObject, parseJsonObject } from '../../util/json.js'

import { connectionError, httpErrorToAgentError, protocolError } from '../errors.js'
import { get } from '../http/post.js'
import { proxyPrefix } from '../routes/proxy.js'
import { type ClientArgs, type Environment, type Route, resolveRoute } from '../routes/route.js'
import { currentFirst } from './current-first.js'
import { allModels } from './model-data.js'
import { filledIn, type ModelInfo, proxyModelInfo } from './model-info.js'
import { routeInfo } from './route-info.js'

export interface CatalogConfig {
  /** Lists the model ids in the configuration, with their routes and arguments. */
  named: readonly { modelId: string; route: Route; clientArgs: ClientArgs }[]
  /** The `clientArgs` of the LiteLLM Proxy; `undefined` if the configuration has none. */
  proxyArgs?: ClientArgs | undefined
}

const timeoutMs = 10_000
/** Matches the modes of models that an agent cannot use. A proxy also serves these models. */
const otherModes =
  /embedding|image|audio|video|moderation|rerank|ocr|search|vector|speech|transcription/

/**
 * Returns the models of the configuration and the models that the LiteLLM Proxy serves. The proxy
 * is called only if one is configured. Throws an AgentError if the proxy does not answer.
 */
export async function listModels(
  { named, proxyArgs = {} }: CatalogConfig,
  env: Environment,
): Promise<ListedModel[]> {
  const proxied = proxyArgs.api_base || proxyArgs.base_url || env.LITELLM_PROXY_API_BASE
  const toProxy = { modelId: `${proxyPrefix}*`, clientArgs: proxyArgs }
  const served = proxied ? await proxyModels(resolveRoute(toProxy, env)) : []
  const ids = new Set(served.map(({ modelId }) => modelId))
  const described = new Map<string, ListedModel>()
  const others: ListedModel[] = []
  for (const { modelId, route, clientArgs } of named) {
    const info = await routeInfo(route, clientArgs)
    const row = listed(modelId, route.provider, info)
    if (!ids.has(route.id)) others.push(row)
    else if (info) described.set(route.id, row)
  }
  return [...others, ...served.map((model) => withOwn(model, described.get(model.modelId)))]
}

/** Returns a model of the proxy with what the configuration says about it. */
function withOwn(model: ListedModel, own: ListedModel | undefined): ListedModel {
  if (!own) return model
  const { provider, supports } = model
  return { ...filledIn(own, model), provider, supports: filledIn(own.supports, supports) }
}

async function proxyModels(route: Route): Promise<ListedModel[]> {
  // A key may not have access to the model data. The names alone are still useful.
  const [names, data] = await Promise.all([
    list('/v1/models', route),
    list('/v1/model/info', route).catch(() => []),
  ])
  // If a name has several deployments, the first one is used.
  const byName = new Map(data.toReversed().map((entry) => [entry.model_name, entry]))
  return names.flatMap((entry) => {
    const { id } = entry
    if (typeof id !== 'string') return []
    const deployment = byName.get(id)
    const own = deployment?.model_info
    const info: JsonObject = { ...entry, ...(isJsonObject(own) && own) }
    if (typeof info.mode === 'string' && otherModes.test(info.mode)) return []
    const provider = info.litellm_provider
    return [
      listed(
        proxyPrefix + id,
        typeof provider === 'string' ? provider : 'litellm_proxy',
        proxyModelInfo({ ...deployment, model_info: info }) ?? undefined,
      ),
    ]
  })
}

/** Returns what a proxy reports about the model of a route; `undefined` if it reports nothing. */
export async function servedModelInfo(route: Route): Promise<ModelInfo | undefined> {
  const data = await list('/v1/model/info', route)
  return proxyModelInfo(data.find((entry) => entry.model_name === route.model)) ?? undefined
}

/**
 * Returns every model of the price map that an agent can use, grouped by provider. Current models
 * are first.
 */
export async function priceMapModels(): Promise<ListedModel[]> {
  const known = await allModels()
  const talking = known
    .filter(({ info }) => info.mode === null || !otherModes.test(info.mode))
    .map((model) => ({ ...model, deprecationDate: model.info.deprecationDate }))
  const providers = [...new Set(talking.map(({ provider }) => provider))]
  const sorted = providers.flatMap((name) =>
    currentFirst(talking.filter(({ provider }) => provider === name)),
  )
  const rows = sorted.map(({ modelId, provider, info }) => listed(modelId, provider, info))
  return [...new Map(rows.map((row) => [row.modelId, row])).values()]
}

/**
 * Returns the LiteLLM version of a proxy; `null` if the proxy does not report it. Throws if the
 * proxy cannot be reached.
 */
export async function proxyVersion(route: Route): Promise<string | null> {
  const { text } = await ask('/health/readiness', route, {})
  const version = parseJsonObject(text)?.litellm_version
  return typeof version === 'string' ? version : null
}

/** Returns the entries of one of the proxy's lists. */
async function list(path: string, route: Route): Promise<JsonObject[]> {
  const authorization = `Bearer ${route.apiKey}`
  const { reply, text } = await ask(path, route, { authorization })
  const content = parseJsonObject(text) ?? {}
  const { headers, status } = reply
  if (status < 200 || status >= 300)
    throw httpErrorToAgentError({ status, error: text, headers }, route)
  if (Array.isArray(content.data)) return content.data.filter(isJsonObject)
  throw protocolError(route, 'did not answer with a list of models')
}

async function ask(path: string, route: Route, headers: Record<string, string>) {
  const url = new URL(`${route.baseUrl.replace(/\/v1$/, '')}${path}`)
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const reply = await get(url, { headers, signal, verify: route.verify })
    return { reply, text: await reply.text() }
  } catch (cause) {
    throw signal.aborted ? tooSlow() : connectionError(route, cause, { sent: false })
  }
}

function tooSlow(): AgentError {
  return new AgentError({
    code: 'timeout',
    message: `The LiteLLM Proxy did not list its models within ${timeoutMs / 1000} s.`,
    hint: 'Try again; if it stays, check the proxy.',
    retryable: true,
  })
}

function listed(modelId: string, provider: string, info: ModelInfo | undefined): ListedModel {
  return {
    modelId,
    provider,
    contextTokens: info?.contextTokens ?? null,
    maxOutputTokens: info?.maxOutputTokens ?? null,
    inputCostPerToken: info?.prices?.input ?? null,
    outputCostPerToken: info?.prices?.output ?? null,
    supports: {
      tools: info?.supports.tools ?? null,
      vision: info?.supports.vision ?? null,
      caching: info?.supports.caching ?? null,
      reasoning: info?.supports.reasoning ?? null,
    },
    minCacheTokens: info?.minCacheTokens ?? null,
  }
}
