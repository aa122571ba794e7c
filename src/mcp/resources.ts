import {
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server'
import { openModels } from './open-models.js'
import type { Services } from './services.js'

const mimeType = 'application/json'

export const resources: Resource[] = [
  {
    uri: 'litellm-agents://models',
    name: 'models',
    title: 'Models',
    description: 'The models that modelId may name, as list_models has them',
    mimeType,
  },
  {
    uri: 'litellm-agents://agents',
    name: 'agents',
    title: 'Agents',
    description: 'The configured agent profiles',
    mimeType,
  },
]

/** Fails with the protocol's own error where there is no such resource. */
export async function readResource(uri: string, services: Services): Promise<ReadResourceResult> {
  const text = JSON.stringify(await resourceData(uri, services))
  return { contents: [{ uri, mimeType, text }] }
}

async function resourceData(uri: string, services: Services): Promise<object> {
  if (uri === 'litellm-agents://models') return { models: await openModels(services) }
  if (uri === 'litellm-agents://agents') return { agents: [] }
  throw new ResourceNotFoundError(uri)
}
