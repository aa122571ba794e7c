import type { ListedModel } from '../agent/listed-model.js'
import { modelSource } from '../app/models.js'
import type { Config } from '../config/resolve.js'
import { priceMapModels } from '../litellm/models/catalog.js'
import type { Environment } from '../litellm/routes/route.js'

/**
 * Lists the models that the user can call: the configured ones and the proxy's first, then those of the
 * providers that have a key or a base URL. With `all`, models without a key follow.
 */
export async function modelList(
  config: Config,
  env: Environment,
  { all }: { all: boolean },
): Promise<ListedModel[]> {
  const source = modelSource(config, env)
  const configured = await source.list()
  const others = [await source.available(), all ? await priceMapModels() : []]
  const models = [...configured, ...others.flatMap((one) => one.toSorted(byProvider))]
  const ids = new Set<string>()
  return models.filter(({ modelId }) => !ids.has(modelId) && ids.add(modelId))
}

/** The providers whose models most people look for; the others follow by name. */
const firstProviders = ['anthropic', 'openai', 'gemini']

function byProvider(one: ListedModel, other: ListedModel): number {
  return providerRank(one) - providerRank(other) || one.provider.localeCompare(other.provider, 'en')
}

function providerRank({ provider }: ListedModel): number {
  const at = firstProviders.indexOf(provider)
  return at === -1 ? firstProviders.length : at
}
