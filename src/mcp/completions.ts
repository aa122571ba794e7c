import * as z from 'zod'
import { AgentError } from '../agent/errors.js'
import { allowedModels } from '../policy/allowed-models.js'
import type { Services } from './services.js'

/**
 * Validates completion requests. The schema is looser than the protocol's: clients also send null
 * for a value that is still empty.
 */
export const completeParams = z.looseObject({
  ref: z.looseObject({
    type: z.enum(['ref/prompt', 'ref/resource'], 'must be ref/prompt or ref/resource'),
  }),
  argument: z.looseObject({ name: z.string(), value: z.unknown().optional() }),
})

/** The protocol's own limit. */
const maxValues = 100

/** Returns the values that an argument may take, given what the user typed so far. */
export async function complete(
  { argument: { name, value } }: z.output<typeof completeParams>,
  services: Services,
): Promise<{ completion: { values: string[]; total: number; hasMore: boolean } }> {
  const typed = String(value ?? '').toLowerCase()
  const matching = (await knownValues(name, services)).filter((known) =>
    known.toLowerCase().includes(typed),
  )
  const fitting = [
    ...matching.filter((known) => known.toLowerCase().startsWith(typed)),
    ...matching.filter((known) => !known.toLowerCase().startsWith(typed)),
  ]
  return {
    completion: {
      values: fitting.slice(0, maxValues),
      total: fitting.length,
      hasMore: fitting.length > maxValues,
    },
  }
}

async function knownValues(name: string, services: Services): Promise<string[]> {
  if (name === 'agent') return [...services.config.agents.keys()]
  if (name !== 'modelId') return []
  try {
    return (await allowedModels(services)).map((model) => model.modelId)
  } catch (error) {
    // An unavailable proxy is reported by list_models, and not by a completion.
    if (error instanceof AgentError) return []
    throw error
  }
}
