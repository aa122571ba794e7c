import type { JsonObject } from '../util/json.js'
import type { Fields } from './fields.js'
import type { ImportedAgent } from './imported-agent.js'
import { agentName } from './names.js'

/** The parts of an agent that every format has under some name. */
export interface EntryParts {
  name: string
  description?: string | undefined
  systemPrompt?: string | undefined
  promptFile?: string | undefined
  modelId?: string | undefined
  fallbacks?: readonly string[]
  params?: Readonly<Record<string, unknown>>
  maxCycles?: number | undefined
  timeoutSeconds?: number | undefined
  maxOutputTokens?: number | undefined
  /** `undefined` if the file does not list tools. */
  tools?: readonly string[] | undefined
  withoutTools?: readonly string[]
  readOnly?: boolean
  approval?: readonly string[]
  exposeAs?: 'tool'
  outputSchema?: JsonObject | undefined
  mcpServers?: Readonly<Record<string, JsonObject>>
  notes?: readonly string[]
}

/** Returns the agent that the parts describe. Keys without a value are left out. */
export function importedAgent(parts: EntryParts, fields: Fields): ImportedAgent {
  const name = agentName(parts.name) ?? 'agent'
  const params = defined(parts.params ?? {})
  const limits = defined({
    maxCycles: parts.maxCycles,
    timeoutSeconds: parts.timeoutSeconds,
    maxOutputTokens: parts.maxOutputTokens,
  })
  const entry = defined({
    description: parts.description,
    modelId: parts.modelId,
    systemPrompt: parts.systemPrompt === '' ? undefined : parts.systemPrompt,
    params: Object.keys(params).length > 0 ? params : undefined,
    tools: parts.tools && [...parts.tools],
    limits: Object.keys(limits).length > 0 ? limits : undefined,
    approval: parts.approval?.length ? [...parts.approval] : undefined,
    readOnly: parts.readOnly || undefined,
    fallbacks: parts.fallbacks?.length ? [...parts.fallbacks] : undefined,
    exposeAs: parts.exposeAs,
    outputSchema: parts.outputSchema,
  })
  const renamed =
    name === parts.name
      ? []
      : [`the agent is named ${name} here, because names have no other characters`]
  return {
    name,
    entry,
    ...(parts.promptFile !== undefined && { promptFile: parts.promptFile }),
    hasAllTools: parts.tools === undefined,
    withoutTools: parts.withoutTools ?? [],
    mcpServers: parts.mcpServers ?? {},
    notes: [...renamed, ...(parts.notes ?? []), ...fields.allNotes()],
  }
}

function defined(object: Readonly<Record<string, unknown>>): JsonObject {
  const kept = Object.entries(object).filter(([, value]) => value !== undefined)
  return Object.fromEntries(kept) as JsonObject
}
