import type { ListedModel } from '../agent/listed-model.js'
import type { PolicySource } from './model-source.js'
import { mayUseModel } from './permission.js'

/** Returns the models that a caller may use: configured ones first, then current ones first. */
export async function allowedModels({ config, models }: PolicySource): Promise<ListedModel[]> {
  const [configured, available] = await Promise.all([models.list(), models.available()])
  const all = [...configured, ...interleaved(available)]
  const ids = new Set<string>()
  const listed = all.filter(({ modelId }) => !ids.has(modelId) && ids.add(modelId))
  const { caller, modelIds } = config.allow
  // Without rules, the operator's keys and base URLs decide, and only models that have one are listed.
  if (!modelIds && !caller.modelIds) return listed
  return listed.filter(({ modelId }) => mayUseModel(modelId, config, models))
}

/** Takes one model of each provider in turn, so that a short list shows the best of all of them. */
function interleaved(models: readonly ListedModel[]): ListedModel[] {
  const seen = new Map<string, number>()
  const placed = models.map((model) => {
    const place = seen.get(model.provider) ?? 0
    seen.set(model.provider, place + 1)
    return { model, place }
  })
  return placed.sort((one, other) => one.place - other.place).map(({ model }) => model)
}
