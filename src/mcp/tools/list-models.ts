import * as z from 'zod'
import type { ListedModel } from '../../agent/listed-model.js'
import { allowedModels } from '../../policy/allowed-models.js'
import { dataResult } from '../results/results.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'
import { defineTool } from './define-tool.js'
import { modelsOutputSchema } from './output-schemas.js'

const defaultLimit = 30

export const listModelsArguments = z.strictObject({
  provider: z.string().optional().describe('Such as anthropic'),
  search: z.string().optional().describe('Words that modelId contains'),
  limit: z.int().positive().optional().describe(`Default: ${defaultLimit}`),
})

/** Lists the models that a caller may name. */
export function listModelsTool(services: Services): ServerTool {
  return defineTool({
    name: 'list_models',
    title: 'List models',
    description:
      'Lists the models that modelId may be: configured ones, then current ones. Shows context size, prices in USD per token and abilities; null is unknown. Use it before you choose a modelId.',
    arguments: listModelsArguments,
    schema: 'list_models',
    outputSchema: modelsOutputSchema,
    annotations: { readOnlyHint: true, openWorldHint: false },
    run: async ({ limit = defaultLimit, provider, search }) => {
      const models = (await allowedModels(services)).filter(
        (model) =>
          (provider === undefined || isOf(provider, model)) &&
          (search === undefined || contains(model, search)),
      )
      return dataResult({ total: models.length, models: models.slice(0, limit) })
    },
  })
}

/** Behind a proxy, both the proxy and the provider behind it are the provider of a model. */
function isOf(provider: string, { modelId, provider: own }: ListedModel): boolean {
  const wanted = provider.trim().toLowerCase().replace(/\/$/, '')
  if (wanted === '') return true
  return own.toLowerCase() === wanted || modelId.toLowerCase().startsWith(`${wanted}/`)
}

function contains({ modelId }: ListedModel, search: string): boolean {
  const id = modelId.toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => id.includes(word))
}
