import { AgentError } from '../agent/errors.js'
import { clientArgsFor } from '../app/models.js'
import type { Config } from '../config/resolve.js'
import { explainFoundRoute, type ModelDataExplanation } from '../litellm/explain.js'
import type { ModelDataFacts } from '../litellm/models/model-data.js'
import type { Environment } from '../litellm/routes/route.js'
import { counted } from './numbers.js'

/** A model that the configuration names and the model data does not contain. */
export interface UnknownModel {
  modelId: string
  /** The model whose properties it is given. */
  likeModel?: string
  /** Whether it is at its provider's usual address, where prices apply. */
  isPriced: boolean
}

/** Returns the models of the configuration that the model data does not contain. */
export async function unknownModels(
  modelIds: Iterable<string>,
  config: Config,
  env: Environment,
): Promise<UnknownModel[]> {
  const found = await Promise.all(
    [...modelIds].map((modelId) => unknownModel(modelId, config, env)),
  )
  return found.flatMap((model) => model ?? [])
}

async function unknownModel(
  modelId: string,
  config: Config,
  env: Environment,
): Promise<UnknownModel | undefined> {
  try {
    const clientArgs = clientArgsFor(modelId, config, env)
    const { route } = await explainFoundRoute({ modelId, clientArgs }, env)
    const { status, likeModel } = route.modelData ?? {}
    if (status !== 'unknown' && status !== 'family') return undefined
    const isPriced = route.urlSource === 'default'
    return { modelId, isPriced, ...(likeModel !== undefined && { likeModel }) }
  } catch (error) {
    // The check of the model itself reports what is wrong with its id.
    if (error instanceof AgentError) return undefined
    throw error
  }
}

/** Returns the source of the model data and its age: `LiteLLM 1.102.4, of 2026-10-08 (3 days old)`. */
export function modelDataText({ ageDays, date, source }: ModelDataFacts): string {
  return `${source}, of ${date} (${counted(ageDays, 'day')} old)`
}

export function unknownText(models: readonly UnknownModel[]): string {
  const names = models.map(({ modelId, likeModel }) =>
    likeModel === undefined ? modelId : `${modelId} (treated like ${likeModel})`,
  )
  return `unknown to it: ${names.join(', ')}`
}

export const priceAdvice =
  'Run litellm-agents-mcp models --update, or set their prices under models in the configuration file.'

/** Returns what the model data says about one model, for `doctor --explain`. */
export function statusText(data: ModelDataExplanation): string {
  const price = data.inputCostPerToken === null ? ', price unknown' : ''
  switch (data.status) {
    case 'known':
      return `known${price}`
    case 'configured':
      return `set in the configuration${price}`
    case 'family':
      return `unknown, treated like ${data.likeModel}${price}: maxCostUsd cannot be enforced`
    case 'unknown':
      return 'unknown: no price, so maxCostUsd cannot be enforced'
  }
}
