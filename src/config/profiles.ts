import type { ConversationConfig } from '../agent/conversation/config.js'
import type { Limits } from '../agent/limits.js'
import type { SystemContentBlock } from '../agent/messages/content.js'
import type { JsonObject } from '../util/json.js'
import type { FileContent } from './schema.js'

/** An agent that the operator configured, to be called by its name. */
export interface AgentProfile {
  name: string
  description: string
  modelId?: string
  systemPrompt?: string | SystemContentBlock[]
  /** Whether a caller's systemPrompt may stand in place of its own. */
  overridable: boolean
  params: JsonObject
  /** Built-in tools, `server/tool`, globs of these, and other profiles by name or `agent_<name>`. */
  tools: string[]
  limits: Limits
  /** Also offered as a tool of its own, `agent_<name>`. */
  exposeAs?: 'tool'
  /** Globs of tools whose calls a person must allow. */
  approval: string[]
  /** Only tools that say they change nothing. */
  readOnly: boolean
  conversation?: ConversationConfig
  cache?: 'auto'
  cacheAdvice?: boolean
  /** Models to ask where its own fails; in place of the defaults'. */
  fallbacks?: string[]
  /** The object its runs end in, where the caller gives no schema. */
  outputSchema?: JsonObject
}

type FileAgent = NonNullable<FileContent['agents']>[string]

/** `readText` gives the text of a file named in a system prompt. */
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
