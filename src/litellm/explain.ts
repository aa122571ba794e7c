import type { AgentError } from '../agent/errors.js'
import type { JsonObject } from '../util/json.js'
import { adapted, type Dropped } from './adapt.js'
import { modelDataFacts } from './models/model-data.js'
import type { ModelInfo } from './models/model-info.js'
import { ownModelInfo } from './models/own-info.js'
import { routeInfo } from './models/route-info.js'
import { messagesBase } from './routes/anthropic.js'
import { callRoute } from './routes/call-route.js'
import {
  type ClientArgs,
  type Environment,
  findRoute,
  type Route,
  resolveRoute,
} from './routes/route.js'
import { callSettings } from './settings.js'
import { generateUrl } from './wires/google-generate-content/endpoint.js'

/** Describes the route and the parameters of a call. It does not contain the key. */
export interface RouteExplanation {
  modelId: string
  wire: Route['wire']
  kind: Route['kind']
  provider: string
  /**
   * The request URL; `null` for the offline model, because its server starts with the first call.
   */
  url: string | null
  urlSource: string
  /** The model name that is sent. */
  model: string
  /** The argument or environment variable that supplies the key; `null` if there is no key. */
  keySource: string | null
  /** Whether cache points can be sent. */
  cachePoints: boolean
  /** Lists the parameters that will not be sent, with the reason for each. */
  dropped: Dropped[]
  /** The wire and URL of calls with tools, if they differ. */
  withTools?: { wire: Route['wire']; url: string | null }
  /** What is known about the model; `undefined` if a proxy or the offline model answers. */
  modelData?: ModelDataExplanation
}

/** Says where the information about a model comes from. */
export interface ModelDataExplanation {
  /**
   * `known`: the data contains the model. `configured`: its prices or properties are set in `models`
   * or `clientArgs`. `family`: it is unknown, and treated like `likeModel`. `unknown`: nothing is
   * known about it.
   */
  status: 'known' | 'configured' | 'family' | 'unknown'
  likeModel?: string
  inputCostPerToken: number | null
  outputCostPerToken: number | null
  /** `LiteLLM 1.102.4`, or the address of an update. */
  source: string
  /** The day of the release or of the update, such as `2026-10-08`. */
  date: string
  ageDays: number
}

/** Configures the model to explain. */
export interface ExplainedModel {
  modelId: string
  clientArgs?: ClientArgs
  params?: Readonly<JsonObject>
}

/**
 * Explains the route of a model id without making a call. Throws the errors of the call:
 * `configuration`, `modelNotFound`, `unsupportedParams`.
 */
export async function explainRoute(
  config: ExplainedModel,
  env: Environment = process.env,
): Promise<RouteExplanation> {
  return explanation(config, resolveRoute(config, env))
}

/**
 * Explains a route even if its key is missing. `missingKey` is the error that the call would throw.
 */
export async function explainFoundRoute(
  config: ExplainedModel,
  env: Environment,
): Promise<{ route: RouteExplanation; missingKey: AgentError | undefined }> {
  const found = findRoute(config, env)
  return { route: await explanation(config, found), missingKey: found.missingKey }
}

async function explanation(config: ExplainedModel, found: Route): Promise<RouteExplanation> {
  const settings = callSettings(config, found)
  const { provider, model } = found
  const info = await routeInfo(found, config.clientArgs)
  const { body } = settings
  const route = callRoute(found, { hasTools: false, body }, info)
  const withTools = callRoute(found, { hasTools: true, body }, info)
  const request = { messages: [], system: [], tools: [] }
  const { dropped } = adapted(request, settings, route, info)
  return {
    modelId: config.modelId,
    wire: route.wire,
    kind: route.kind,
    provider,
    url: requestUrl(route),
    urlSource: route.baseSource,
    model,
    keySource: route.keySource,
    cachePoints: takesCachePoints(route),
    dropped,
    ...(withTools.wire !== route.wire && {
      withTools: { wire: withTools.wire, url: requestUrl(withTools) },
    }),
    ...((found.kind === 'direct' || info) && {
      modelData: await modelDataOf(info, ownModelInfo(config.clientArgs) !== undefined),
    }),
  }
}

async function modelDataOf(
  info: ModelInfo | undefined,
  isConfigured: boolean,
): Promise<ModelDataExplanation> {
  const status = isConfigured
    ? 'configured'
    : info?.likeModel
      ? 'family'
      : info
        ? 'known'
        : 'unknown'
  return {
    status,
    ...(info?.likeModel && { likeModel: info.likeModel }),
    inputCostPerToken: info?.prices?.input ?? null,
    outputCostPerToken: info?.prices?.output ?? null,
    ...(await modelDataFacts()),
  }
}

export function takesCachePoints({ wire, traits }: Route): boolean {
  if (wire === 'openai-responses') return false
  return wire !== 'openai-chat' || traits.cacheControl === true
}

function requestUrl(route: Route): string | null {
  const { wire, baseUrl, model, aws, query, kind, rawPredict } = route
  if (kind === 'offline') return null
  switch (wire) {
    case 'openai-chat':
    case 'openai-responses': {
      if (rawPredict) return `${withoutCredentials(baseUrl)}:streamRawPredict`
      const path = wire === 'openai-chat' ? '/chat/completions' : '/responses'
      const search = query ? `?${new URLSearchParams(query)}` : ''
      return withoutCredentials(baseUrl) + path + search
    }
    case 'google-generate-content':
      return generateUrl({ ...route, baseUrl: withoutCredentials(baseUrl) }, true)
    case 'anthropic-messages':
      if (rawPredict) return `${withoutCredentials(baseUrl)}:streamRawPredict`
      return `${messagesBase(withoutCredentials(baseUrl))}/v1/messages`
    case 'bedrock-converse': {
      const base = baseUrl || `https://bedrock-runtime.${aws?.region}.amazonaws.com`
      return `${withoutCredentials(base)}/model/${encodeURIComponent(model)}/converse-stream`
    }
  }
}

function withoutCredentials(url: string): string {
  return url.replace(/^(https?:\/\/)[^/@]*@/, '$1')
}
