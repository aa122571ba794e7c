import {
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server'
import type { Config } from '../config/resolve.js'
import { agentToolPrefix } from '../config/tool-references.js'
import { openModels } from './open-models.js'
import type { Services } from './services.js'

const mimeType = 'application/json'
/** Results of tools that were too long for a model. */
const keptPrefix = 'litellm-agents://results/'

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
    description: 'The configured agents: what each is for, its model and its tools',
    mimeType,
  },
]

/** Fails with the protocol's own error where there is no such resource. */
export async function readResource(
  uri: string,
  principal: string,
  services: Services,
): Promise<ReadResourceResult> {
  const id = uri.startsWith(keptPrefix) ? uri.slice(keptPrefix.length) : undefined
  const kept = id && services.results.get(id, principal)
  if (kept) return { contents: [{ uri, ...kept }] }
  const text = JSON.stringify(await resourceData(uri, services))
  return { contents: [{ uri, mimeType, text }] }
}

async function resourceData(uri: string, services: Services): Promise<object> {
  if (uri === 'litellm-agents://models') return { models: await openModels(services) }
  if (uri === 'litellm-agents://agents') return { agents: agentsView(services.config) }
  throw new ResourceNotFoundError(uri)
}

/** What may be known of the agents: their prompts and parameters stay here. */
function agentsView({ agents, defaults }: Config) {
  return [...agents.values()].map((profile) => ({
    name: profile.name,
    description: profile.description,
    modelId: profile.modelId ?? defaults.modelId ?? null,
    tools: profile.tools,
    limits: profile.limits,
    ...(profile.exposeAs === 'tool' && { tool: `${agentToolPrefix}${profile.name}` }),
  }))
}
