import {
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
  type ResourceTemplateType,
} from '@modelcontextprotocol/server'
import type { Config } from '../../config/resolve.js'
import { agentToolPrefix } from '../../config/tool-references.js'
import { allowedModels } from '../../policy/allowed-models.js'
import type { Services } from '../services.js'
import { idIn, resultsTemplate, runsTemplate, usageUri } from '../uris.js'
import { runView } from './run-resource.js'

const mimeType = 'application/json'

/** Limits the resource of models, because users attach it to conversations. */
const maxModels = 100

export const resources: Resource[] = [
  {
    uri: 'litellm-agents://models',
    name: 'models',
    title: 'Models',
    description: 'The models that modelId may be, as list_models lists them',
    mimeType,
  },
  {
    uri: 'litellm-agents://agents',
    name: 'agents',
    title: 'Agents',
    description: 'The configured agents: what each is for, its model and its tools',
    mimeType,
  },
  {
    uri: usageUri,
    name: 'usage',
    title: 'Usage',
    description: 'What your runs used and cost, by model, agent and day',
    mimeType,
  },
]

export const resourceTemplates: ResourceTemplateType[] = [
  {
    uriTemplate: runsTemplate,
    name: 'run',
    title: 'Run',
    description: 'The transcript of a run, its whole answer, and what it used',
    mimeType,
  },
  {
    uriTemplate: resultsTemplate,
    name: 'result',
    title: 'Long result',
    description: 'The whole result of a tool that was too long for a model',
  },
]

/** Fails with the protocol's error if the resource does not exist or has another owner. */
export async function readResource(
  uri: string,
  principal: string,
  services: Services,
): Promise<ReadResourceResult> {
  const resultId = idIn(uri, resultsTemplate)
  const kept = resultId && services.results.get(resultId, principal)
  if (kept) return { contents: [{ uri, ...kept }] }
  const text = JSON.stringify(await resourceData(uri, principal, services))
  return { contents: [{ uri, mimeType, text }] }
}

async function resourceData(uri: string, principal: string, services: Services): Promise<object> {
  if (uri === 'litellm-agents://models') {
    const models = await allowedModels(services)
    return { total: models.length, models: models.slice(0, maxModels) }
  }
  if (uri === 'litellm-agents://agents') return { agents: agentsView(services.config) }
  if (uri === usageUri) return { totals: await services.usage.of(principal) }
  const runId = idIn(uri, runsTemplate)
  const run = runId === undefined ? undefined : await runView(runId, principal, services)
  if (run) return run
  throw new ResourceNotFoundError(uri)
}

/** Returns what callers may know about the agents. Their prompts and parameters stay private. */
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
