import { AgentError } from '../agent/errors.js'
import type { ListedModel } from '../agent/listed-model.js'
import type { Model } from '../agent/model.js'
import { unnamedCallers } from '../config/http.js'
import type { Config } from '../config/resolve.js'
import { LiteLLMModel } from '../litellm/model.js'
import { listModels, priceMapModels } from '../litellm/models/catalog.js'
import type { SpendMetadata } from '../litellm/proxy-metadata.js'
import { type Environment, findRoute, type Route, resolveRoute } from '../litellm/routes/route.js'
import type { ModelSource } from '../policy/model-source.js'
import { isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from '../util/json.js'
import { Lru } from '../util/lru.js'
import type { ModelSpec } from './model-factory.js'

const listAgeMs = 60_000
const maxKept = 256

/** Creates LiteLLM models with the operator's connection settings. */
export function modelSource(
  config: Config,
  env: Environment,
): ModelSource & { create(spec: ModelSpec): Model; prepare(modelId: string): Promise<void> } {
  let listed: { at: number; models: Promise<ListedModel[]> } | undefined
  let available: Promise<ListedModel[]> | undefined
  const routes = new Lru<Route>(maxKept)
  const models = new Lru<LiteLLMModel>(maxKept)
  // Routes and models are cached, because neither the configuration nor the environment changes.
  const route = (modelId: string) =>
    routes.get(modelId, () =>
      resolveRoute({ modelId, clientArgs: clientArgsFor(modelId, config, env) }, env),
    )
  return {
    route,
    create: (spec) => {
      const { modelId, params, fallbacks, cache } = spec
      const key = JSON.stringify([modelId, params, fallbacks, cache])
      const model = models.get(key, () => newModel(spec, config, env))
      return config.telemetry.spendFields ? model.spendingAs(spendFields(spec)) : model
    },
    prepare: (modelId) =>
      newModel({ modelId, params: config.defaults.params }, config, env).prepare(),
    list: () => {
      if (!listed || Date.now() - listed.at > listAgeMs) {
        const models = listModels(
          { named: namedModels(config, route, env), proxyArgs: config.clientArgs.litellm_proxy },
          env,
        )
        listed = { at: Date.now(), models }
        // A failure is reported to current callers, and not cached.
        models.catch(() => {
          listed = undefined
        })
      }
      return listed.models
    },
    available: () => {
      available ??= availableModels(route)
      return available
    },
  }
}

/**
 * Returns the models of the price map whose provider has a key or a base URL from the operator. A
 * proxy lists its own models. One model represents its provider, because resolving a route takes
 * time.
 */
async function availableModels(route: (modelId: string) => Route): Promise<ListedModel[]> {
  const prefixes = new Map<string, string | undefined>()
  return (await priceMapModels()).flatMap((model) => {
    const { modelId, provider } = model
    const name = modelId.slice(provider.length)
    if (!prefixes.has(provider)) prefixes.set(provider, usablePrefix(modelId, name, route))
    const prefix = prefixes.get(provider)
    return prefix === undefined ? [] : [{ ...model, modelId: prefix + name, provider: prefix }]
  })
}

/**
 * Returns the provider prefix of its route ids; `undefined` if the operator configured nothing for
 * the provider.
 */
function usablePrefix(
  modelId: string,
  name: string,
  route: (modelId: string) => Route,
): string | undefined {
  const found = routeOrNone(modelId, route)
  return found?.kind === 'direct' && isProvided(found) && found.id.endsWith(name)
    ? found.id.slice(0, -name.length)
    : undefined
}

function routeOrNone(modelId: string, route: (modelId: string) => Route): Route | undefined {
  try {
    return route(modelId)
  } catch (error) {
    if (error instanceof AgentError) return undefined
    throw error
  }
}

function isProvided({ baseSource, keySource }: Route): boolean {
  return keySource !== null || baseSource !== 'default'
}

/** Returns the spend metadata of a call. Unnamed callers are not attributed. */
function spendFields({ principal, agent, tool, sessionId }: ModelSpec): SpendMetadata {
  return {
    ...(!unnamedCallers.includes(principal) && { user: principal }),
    tags: [`tool:${tool}`, ...(agent === '' ? [] : [`agent:${agent}`])],
    // Callers choose session names, and different callers can choose the same name.
    sessionId:
      sessionId === undefined ? crypto.randomUUID() : digest([principal, agent, sessionId]),
  }
}

function digest(parts: readonly string[]): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

function newModel(
  {
    modelId,
    params,
    fallbacks = [],
    cache,
  }: Pick<ModelSpec, 'modelId' | 'params' | 'fallbacks' | 'cache'>,
  config: Config,
  env: Environment,
) {
  const withArgs = (id: string) => ({
    modelId: id,
    clientArgs: clientArgsFor(id, config, env),
    ...(cache && { cache }),
  })
  const others = fallbacks.filter((id) => id !== modelId).map(withArgs)
  return new LiteLLMModel({ ...withArgs(modelId), params, fallbacks: others }, { env })
}

/**
 * Returns the arguments that are configured for the provider of a model id, with what is configured
 * for the model itself. No argument, such as a key, is sent to another provider.
 */
export function clientArgsFor(modelId: string, config: Config, env: Environment): JsonObject {
  const args = providerArgs(modelId, config, env)
  const own = ownModel(modelId, args, config, env)
  if (!own) return args
  const given = isJsonObject(args.model_info) ? args.model_info : {}
  return { ...args, model_info: { ...given, ...own } }
}

/** Returns the entry of `models` for a model id. Another spelling of the same route counts too. */
function ownModel(
  modelId: string,
  clientArgs: JsonObject,
  { models }: Config,
  env: Environment,
): JsonObject | undefined {
  if (Object.hasOwn(models, modelId)) return models[modelId]
  const ids = Object.keys(models)
  const wanted = ids.length > 0 ? routeId(modelId, clientArgs, env) : undefined
  if (wanted === undefined) return undefined
  const name = ids.find((id) => id === wanted || routeId(id, clientArgs, env) === wanted)
  return name === undefined ? undefined : models[name]
}

function routeId(modelId: string, clientArgs: JsonObject, env: Environment): string | undefined {
  try {
    return findRoute({ modelId, clientArgs }, env).id
  } catch (error) {
    if (error instanceof AgentError) return undefined
    throw error
  }
}

function providerArgs(modelId: string, { clientArgs }: Config, env: Environment): JsonObject {
  let incomplete: JsonObject = {}
  for (const [provider, args] of Object.entries(clientArgs)) {
    const named = modelId.startsWith(`${provider}/`)
    try {
      const { kind, missingKey, ...found } = findRoute({ modelId, clientArgs: args }, env)
      const leads = found.provider === provider
      if (leads && !missingKey) return args
      // A proxy without a key is used only for models that name it.
      if (missingKey && (named || (leads && kind === 'direct'))) incomplete = args
    } catch (error) {
      if (!(error instanceof AgentError)) throw error
      // The error names what is missing when the route is resolved again.
      if (named) incomplete = args
    }
  }
  return incomplete
}

/**
 * Returns the ids that the configuration contains and that the caller may use, with the default
 * first.
 */
function namedModels(config: Config, route: (modelId: string) => Route, env: Environment) {
  const { agents, allow, defaults, models } = config
  const standard = defaults.modelId === undefined ? [] : [defaults.modelId]
  const allowed = (allow.modelIds ?? []).filter((glob) => !glob.includes('*'))
  const usable = [...[...agents.values()].map(({ modelId }) => modelId), ...Object.keys(models)]
  const ofConfig = usable.flatMap((modelId) => {
    const found = modelId === undefined ? undefined : routeOrNone(modelId, route)
    const isUsable = found && (isProvided(found) || found.kind === 'offline')
    return modelId !== undefined && isUsable ? [modelId] : []
  })
  return [...new Set([...standard, ...allowed, ...ofConfig])].flatMap((modelId) => {
    const found = routeOrNone(modelId, route)
    const clientArgs = clientArgsFor(modelId, config, env)
    return found ? [{ modelId, route: found, clientArgs }] : []
  })
}

const secretName = /(_|^)(API_KEY|KEY|TOKEN|SECRET|PASSWORD)$/i

/** Returns the credentials of Vertex AI that are given as an object or as its text. */
function googleCredentials(args: JsonValue): JsonObject[] {
  const given = isJsonObject(args) ? args.vertex_credentials : undefined
  const object = typeof given === 'string' ? parseJsonObject(given) : given
  return isJsonObject(object) ? [object] : []
}

/** Returns the secrets of this process, so that they can be redacted from its output. */
export function knownSecrets({ clientArgs, http, mcpServers }: Config, env: Environment): string[] {
  const servers = [...mcpServers.values()]
  const given = [
    ...Object.values(clientArgs).filter(isJsonObject),
    ...Object.values(clientArgs).flatMap(googleCredentials),
    ...servers.map((server) => ('env' in server ? server.env : {})),
  ]
  // The redacted values include each header with and without its scheme, such as "Bearer …".
  const headers = servers
    .flatMap((server) => ('headers' in server ? Object.values(server.headers) : []))
    .flatMap((value) => [value, value.slice(value.indexOf(' ') + 1)])
  const named = [env, ...given].flatMap((values) =>
    Object.entries(values).flatMap(([name, value]) =>
      secretName.test(name) && typeof value === 'string' ? [value.trim()] : [],
    ),
  )
  // Headers that a route needs are credentials of a gateway, whatever their names are.
  const extraHeaders = Object.values(clientArgs)
    .flatMap((args) => (isJsonObject(args) ? [args.extra_headers, args.default_headers] : []))
    .filter(isJsonObject)
    .flatMap((values) => Object.values(values).filter((value) => typeof value === 'string'))
    .flatMap((value) => [value, value.slice(value.indexOf(' ') + 1)])
  const tokens = [http.authToken, ...Object.values(http.principals).map(({ token }) => token)]
  const secrets = [
    ...named,
    ...headers,
    ...extraHeaders,
    ...tokens.filter((token) => token !== undefined),
  ]
  return [...new Set(secrets)].filter((secret) => secret.length >= 8)
}
