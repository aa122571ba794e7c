import type { ListedModel } from '../agent/listed-model.js'
import { mayUseModel } from './permission.js'
import type { Services } from './services.js'

/** The listed models that a caller may use. */
export async function openModels({ config, models }: Services): Promise<ListedModel[]> {
  const listed = await models.list()
  return listed.filter(({ modelId }) => mayUseModel(modelId, config, models))
}
