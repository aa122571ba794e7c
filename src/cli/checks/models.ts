import { AgentError } from '../../agent/errors.js'
import type { ModelReply } from '../../agent/model.js'
import { clientArgsFor, type modelSource } from '../../app/models.js'
import type { Config } from '../../config/resolve.js'
import { explainRoute, type RouteExplanation } from '../../litellm/explain.js'
import { listModels, proxyVersion } from '../../litellm/models/catalog.js'
import { modelDataFacts } from '../../litellm/models/model-data.js'
import { providers } from '../../litellm/routes/providers.js'
import { proxyPrefix } from '../../litellm/routes/proxy.js'
import { type Environment, resolveRoute } from '../../litellm/routes/route.js'
import { localPrincipal } from '../../policy/allowance.js'
import { goesTo } from '../explain.js'
import { likelyModel, offlineModel } from '../init/agents-file.js'
import { modelDataText, priceAdvice, unknownModels, unknownText } from '../model-data.js'
import { counted, usd } from '../numbers.js'
import { type Check, checked, ok, problem, warning } from './check.js'

/** Returns the model ids that a configuration names, each with the places that name it. */
export function namedModels({ agents, allow, defaults }: Config): Map<string, string[]> {
  const named = new Map<string, string[]>()
  const add = (modelId: string | undefined, where: string) => {
    if (modelId === undefined || modelId.includes('*')) return
    named.set(modelId, [...(named.get(modelId) ?? []), where])
  }
  add(defaults.modelId, 'the default')
  for (const id of defaults.fallbacks) add(id, 'a fallback')
  for (const { name, modelId, fallbacks = [] } of agents.values())
    for (const id of [modelId, ...fallbacks]) add(id, `agent ${name}`)
  for (const id of allow.modelIds ?? []) add(id, 'allowed')
  return named
}

export interface RouteCheck {
  check: Check
  route?: RouteExplanation
}

export async function routeChecks(config: Config, env: Environment): Promise<RouteCheck[]> {
  const named = [...namedModels(config)]
  const routes = await Promise.all(named.map(routeCheck))
  if (config.defaults.modelId !== undefined) return routes
  return [{ check: noDefaultModel(named.length > 0, env) }, ...routes]

  async function routeCheck([modelId, where]: [string, string[]]): Promise<RouteCheck> {
    const name = `model ${modelId}`
    try {
      const clientArgs = clientArgsFor(modelId, config, env)
      const { params } = config.defaults
      const route = await explainRoute({ modelId, clientArgs, params }, env)
      const key = route.keySource === null ? 'no key' : `key from ${route.keySource}`
      return { route, check: ok(name, `${where.join(', ')}: ${goesTo(route)}, ${key}`) }
    } catch (error) {
      if (!(error instanceof AgentError)) throw error
      return { check: problem(name, `${where.join(', ')}: ${error.message}`, error.hint) }
    }
  }
}

/** Says how old the model data is, and which models of the configuration it does not contain. */
export async function modelDataCheck(config: Config, env: Environment): Promise<Check> {
  const facts = modelDataText(await modelDataFacts())
  const unknown = await unknownModels(namedModels(config).keys(), config, env)
  if (unknown.length === 0) return ok('model data', facts)
  const detail = `${facts}; ${unknownText(unknown)}`
  // A server of one's own has its own models and no prices.
  return unknown.some(({ isPriced }) => isPriced)
    ? warning(
        'model data',
        `${detail}. Their cost is unknown, so maxCostUsd cannot be enforced`,
        priceAdvice,
      )
    : ok('model data', detail)
}

/** Without any configured model, every run that names none fails. */
function noDefaultModel(othersAreNamed: boolean, env: Environment): Check {
  const detail = 'there is no default model, so a run that names no model fails'
  const likely = env.LITELLM_PROXY_API_BASE ? `${proxyPrefix}<name>` : likelyModel(env)
  const fix =
    likely === offlineModel
      ? `Set a key such as ANTHROPIC_API_KEY and a model in LITELLM_AGENTS_MODEL_ID, or try the server with LITELLM_AGENTS_MODEL_ID=${offlineModel}.`
      : `Set LITELLM_AGENTS_MODEL_ID, such as ${likely}, or defaults.modelId in the configuration file.`
  return (othersAreNamed ? warning : problem)('model', detail, fix)
}

const otherKeys = [
  'LITELLM_PROXY_API_KEY',
  'ANTHROPIC_API_KEY',
  'AZURE_API_KEY',
  'AWS_BEARER_TOKEN_BEDROCK',
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
]

/** Lists the keys in the environment, by name. */
export function keysCheck(env: Environment): Check {
  const names = [...otherKeys, ...Object.values(providers).flatMap(({ keyEnv = [] }) => keyEnv)]
  const present = [...new Set(names)].filter((name) => env[name])
  return ok('keys', present.length > 0 ? present.join(', ') : 'none in the environment')
}

/** Checks that the proxy is reachable and serves the models that the configuration names. */
export async function proxyChecks(config: Config, env: Environment): Promise<Check[]> {
  const args = config.clientArgs.litellm_proxy ?? {}
  const named = [...namedModels(config).keys()].filter((id) => id.startsWith(proxyPrefix))
  const given = args.api_base || args.base_url || env.LITELLM_PROXY_API_BASE
  if (!given) return []
  const fix = 'Start the proxy, or correct LITELLM_PROXY_API_BASE.'
  // Only the host is shown, because the URL may contain a password.
  const at = typeof given === 'string' && URL.canParse(given) ? `${new URL(given).host}: ` : ''
  let served: string[] = []
  const looked = await checked('LiteLLM Proxy', fix, async () => {
    const route = resolveRoute({ modelId: `${proxyPrefix}*`, clientArgs: args }, env)
    const [version, models] = await Promise.all([
      proxyVersion(route),
      listModels({ named: [], proxyArgs: args }, env),
    ])
    served = models.map(({ modelId }) => modelId)
    const said = version === null ? 'reports no version' : `version ${version}`
    return ok('LiteLLM Proxy', `reachable, ${said}, serves ${counted(served.length, 'model')}`)
  })
  const reached = { ...looked, detail: at + looked.detail }
  if (reached.status !== 'ok') return [reached]
  // A wildcard name stands for many models.
  const wildcard = served.some((id) => id.includes('*'))
  const missing = wildcard ? [] : named.filter((id) => !served.includes(id))
  return [
    reached,
    ...missing.map((id) =>
      problem(
        `model ${id}`,
        'the proxy does not serve it to this key',
        served.length > 0 ? `Name one of ${served.join(', ')}.` : 'Add models to the proxy.',
      ),
    ),
  ]
}

/** Calls the default model for one token. */
export async function callCheck(
  { defaults }: Config,
  models: ReturnType<typeof modelSource>,
): Promise<Check> {
  const { modelId } = defaults
  if (modelId === undefined)
    return problem('call', 'there is no default model to call', 'Set LITELLM_AGENTS_MODEL_ID.')
  return checked('call', 'Try again.', async () => {
    const model = models.create({
      tool: 'run_agent',
      principal: localPrincipal,
      agent: '',
      modelId,
      params: { ...defaults.params, max_tokens: 1 },
    })
    const request = {
      messages: [{ role: 'user' as const, content: [{ text: 'Say ok.' }] }],
      system: [],
      tools: [],
    }
    const started = performance.now()
    let reply: ModelReply | undefined
    const signal = AbortSignal.timeout(60_000)
    for await (const event of model.stream(request, { signal }))
      if (event.type === 'reply') reply = event.reply
    const ms = Math.round(performance.now() - started)
    const cost = reply?.costUsd == null ? 'cost unknown' : usd(reply.costUsd)
    return ok('call', `${modelId} answered in ${ms} ms, ${cost}`)
  })
}
