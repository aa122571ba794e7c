import type { ClientArgs, Route } from '../routes/route.js'
import type { ModelInfo } from './model-info.js'
import { ownModelInfo } from './own-info.js'

/**
 * Returns what is known about the model of a route before a call; `undefined` if nothing is. A proxy
 * decides itself what a name means, so behind one only `clientArgs` count.
 */
export async function routeInfo(
  { kind, provider, model, aws }: Pick<Route, 'kind' | 'provider' | 'model' | 'aws'>,
  clientArgs: ClientArgs | undefined,
): Promise<ModelInfo | undefined> {
  const own = ownModelInfo(clientArgs)
  if (kind !== 'direct' && !own) return undefined
  const { modelInfo } = await import('./model-data.js')
  const info = await modelInfo({ provider, model, ...(aws && { region: aws.region }) }, own)
  if (provider !== 'vertex_ai' || !model.startsWith('claude')) return info
  const [unversioned = model] = model.split('@', 1)
  // The map has older lengths of answers for Claude on Vertex AI. LiteLLM uses Anthropic's as well.
  const atAnthropic = await modelInfo({ provider: 'anthropic', model: unversioned })
  const maxOutputTokens = atAnthropic?.maxOutputTokens ?? info?.maxOutputTokens ?? null
  return info && { ...info, maxOutputTokens }
}
