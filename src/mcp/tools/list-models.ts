import * as z from 'zod'
import type { ListedModel } from '../../agent/listed-model.js'
import { openModels } from '../../policy/open-models.js'
import { dataResult } from '../results/results.js'
import type { Services } from '../services.js'
import type { ServerTool } from '../tool-call.js'
import { defineTool } from './define-tool.js'
import { modelsOutputSchema } from './output-schemas.js'

export const listModelsArguments = z.strictObject({
  provider: z.string().optional().describe('Only this provider, such as anthropic'),
})

/** Lists the models that a caller may name. */
export function listModelsTool(services: Services): ServerTool {
  return defineTool({
    name: 'list_models',
    title: 'List models',
    description:
      'Lists the models that modelId may name, with context size, prices in USD per token and abilities; null is unknown. Use it before you choose a modelId.',
    arguments: listModelsArguments,
    schema: 'list_models',
    outputSchema: modelsOutputSchema,
    annotations: { readOnlyHint: true, openWorldHint: false },
    run: async ({ provider }) => {
      const models = (await openModels(services)).filter(
        (model) => provider === undefined || isOf(provider, model),
      )
      return dataResult({ models })
    },
  })
}

/** Behind a proxy, both the proxy and the provider behind it are a model's provider. */
function isOf(provider: string, model: ListedModel): boolean {
  return model.provider === provider || model.modelId.startsWith(`${provider}/`)
}
