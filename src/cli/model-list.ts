import { AgentError } from '../agent/errors.js'
import type { ListedModel } from '../agent/listed-model.js'
import { clientArgsFor, modelSource } from '../app/models.js'
import type { Config } from '../config/resolve.js'
import { priceMapModels } from '../litellm/models/catalog.js'
import { type Environment, findRoute } from '../litellm/routes/route.js'

/**
 * Lists the models that the user can call: the configured ones and the proxy's first, then those of the
 * providers that have a key or a base URL. With `all`, models without a key follow.
 */
export async function modelList(
  config: Config,
  env: Environment,
  { all }: { all: boolean },
): Promise<ListedModel[]> {
  const configured = await modelSource(config, env).list()
  const ids = new Set(configured.map(({ modelId }) => modelId))
  const others = (await priceMapModels())
    .filter(({ modelId }) => !ids.has(modelId))
    .toSorted(currentFirst)
  const isUsable = usableProviders(config, env)
  const usable = others.filter(isUsable)
  return [...configured, ...usable, ...(all ? others.filter((model) => !isUsable(model)) : [])]
}

/** Returns a test of whether a model's provider has a key or a base URL. One model stands for its provider. */
function usableProviders(config: Config, env: Environment): (model: ListedModel) => boolean {
  const known = new Map<string, boolean>()
  return ({ modelId, provider }) => {
    const usable = known.get(provider) ?? isUsable(modelId, config, env)
    known.set(provider, usable)
    return usable
  }
}

function isUsable(modelId: string, config: Config, env: Environment): boolean {
  try {
    const clientArgs = clientArgsFor(modelId, config, env)
    const { baseSource, keySource, missingKey } = findRoute({ modelId, clientArgs }, env)
    return !missingKey && (keySource !== null || baseSource !== 'default')
  } catch (error) {
    if (error instanceof AgentError) return false
    throw error
  }
}

/** The providers whose models most people look for; the others follow by name. */
const firstProviders = ['anthropic', 'openai', 'gemini']

/**
 * Orders models by provider, and within one by the version in the id, the highest first, because no source
 * has release dates. Ids that pin a snapshot by its date follow the ids without one.
 */
function currentFirst(one: ListedModel, other: ListedModel): number {
  return (
    providerRank(one) - providerRank(other) ||
    one.provider.localeCompare(other.provider) ||
    Number(isSnapshot(one)) - Number(isSnapshot(other)) ||
    version(other) - version(one) ||
    other.modelId.localeCompare(one.modelId, 'en', { numeric: true })
  )
}

function providerRank({ provider }: ListedModel): number {
  const at = firstProviders.indexOf(provider)
  return at === -1 ? firstProviders.length : at
}

/** Returns 4.6 for claude-sonnet-4-6 and 5.6 for gpt-5.6; 0 if the id has no number. */
function version({ modelId }: ListedModel): number {
  const [, major = '0', minor = '0'] = /(\d+)(?:[.-](\d{1,2})(?!\w))?/.exec(modelId) ?? []
  return Number(`${major}.${minor}`)
}

function isSnapshot({ modelId }: ListedModel): boolean {
  return /\d{4}-?\d{2}-?\d{2}|-\d{4}$/.test(modelId)
}
