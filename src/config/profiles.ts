import type { ConversationConfig } from '../agent/conversation/config.js'
import type { Limits } from '../agent/limits.js'
import type { SystemContentBlock } from '../agent/messages/content.js'
import type { JsonObject } from '../util/json.js'
import type { FileContent } from './schema.js'

/** An agent that the operator configured and that callers name. */
export interface AgentProfile {
  name: string
  description: string
  modelId?: string
  systemPrompt?: string | SystemContentBlock[]
  /** Whether a caller's systemPrompt replaces the agent's. */
  overridable: boolean
  params: JsonObject
  /** Built-in tools, `server/tool`, globs of these, and other profiles by name or `agent_<name>`. */
  tools: string[]
  limits: Limits
  /** Whether the agent is also a tool, `agent_<name>`. */
  exposeAs?: 'tool'
  /** Globs of the tools whose calls a user must approve. */
  approval: string[]
  /** Whether only tools with `readOnlyHint` may be used. */
  readOnly: boolean
  conversation?: ConversationConfig
  cache?: 'auto'
  cacheAdvice?: boolean
  /** The models to call if the agent's fails; they replace the default ones. */
  fallbacks?: string[]
  /** The file that the agent was imported from. */
  source?: string
  /** The schema of the object that runs return if the caller gives no schema. */
  outputSchema?: JsonObject
}

type FileAgent = NonNullable<FileContent['agents']>[string]

/** Returns a profile from its entry in the file. `readText` returns the text of a prompt file. */
export function agentProfile(
  name: string,
  { description, systemPrompt, params, outputSchema, ...rest }: FileAgent,
  readText: (textFile: string, place: readonly PropertyKey[]) => string,
): AgentProfile {
  return {
    overridable: false,
    tools: [],
    limits: {},
    approval: [],
    readOnly: false,
    ...rest,
    name,
    description: description ?? `The agent ${name}.`,
    params: (params ?? {}) as JsonObject,
    ...(systemPrompt !== undefined && {
      systemPrompt:
        typeof systemPrompt === 'string'
          ? systemPrompt
          : systemPrompt.map((block, index) =>
              systemBlock(block, (file) =>
                readText(file, ['agents', name, 'systemPrompt', index, 'textFile']),
              ),
            ),
    }),
    ...(outputSchema && { outputSchema: outputSchema as JsonObject }),
  }
}

type FileBlock = Exclude<FileAgent['systemPrompt'], string | undefined>[number]

function systemBlock(
  { text, textFile, cachePoint }: FileBlock,
  readText: (textFile: string) => string,
): SystemContentBlock {
  if (cachePoint) return { cachePoint }
  return { text: textFile === undefined ? (text as string) : readText(textFile) }
}
