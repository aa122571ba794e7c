import { AgentError } from '../agent/errors.js'
import { openModels } from '../policy/open-models.js'
import type { Services } from './services.js'

/** The protocol's own bound. */
const maxValues = 100

/** What an argument that is being typed may become. */
export async function complete(
  { name, value }: { name: string; value: string },
  services: Services,
): Promise<{ completion: { values: string[]; total: number; hasMore: boolean } }> {
  const fitting = (await known(name, services)).filter((word) => word.startsWith(value))
  return {
    completion: {
      values: fitting.slice(0, maxValues),
      total: fitting.length,
      hasMore: fitting.length > maxValues,
    },
  }
}

async function known(name: string, services: Services): Promise<string[]> {
  if (name === 'agent') return [...services.config.agents.keys()]
  if (name !== 'modelId') return []
  try {
    return (await openModels(services)).map((model) => model.modelId)
  } catch (error) {
    // Somebody is typing: an unreachable proxy is for list_models to report.
    if (error instanceof AgentError) return []
    throw error
  }
}
