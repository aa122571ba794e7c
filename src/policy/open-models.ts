import type { ListedModel } from '../agent/listed-model.js'
import type { PolicySource } from './model-source.js'
import { mayUseModel } from './permission.js'

/** The listed models that a caller may use. */
export async function openModels({ config, models }: PolicySource): Promise<ListedModel[]> {
  const listed = await models.list()
  return listed.filter(({ modelId }) => mayUseModel(modelId, config, models))
}
