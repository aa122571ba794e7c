import { isJsonObject, type JsonObject, type JsonValue } from '../../util/json.js'

/** Holds the parts of an OpenAI chat completion request that the script uses. */
export interface ChatRequest {
  messages: JsonObject[]
  tools: ChatTool[]
  toolChoice: JsonValue | undefined
  stream: boolean
  includeUsage: boolean
}

export interface ChatTool {
  name: string
  description: string
  parameters: JsonObject
}

/** Holds a scripted answer: a text and at most one tool call. */
export interface ChatAnswer {
  text: string
  call?: { name: string; input: JsonValue }
}

/** Parses a chat completion request. Returns `undefined` if the body is not one. */
export function readChatRequest(body: unknown): ChatRequest | undefined {
  if (!isJsonObject(body) || !Array.isArray(body.messages)) return undefined
  const { stream_options: streamOptions } = body
  return {
    messages: body.messages.filter(isJsonObject),
    tools: (Array.isArray(body.tools) ? body.tools : []).flatMap(readTool),
    toolChoice: body.tool_choice,
    stream: body.stream === true,
    includeUsage: isJsonObject(streamOptions) && streamOptions.include_usage === true,
  }
}

function readTool(tool: JsonValue): ChatTool[] {
  const spec = isJsonObject(tool) ? tool.function : undefined
  if (!isJsonObject(spec) || typeof spec.name !== 'string') return []
  return [
    {
      name: spec.name,
      description: String(spec.description ?? ''),
      parameters: isJsonObject(spec.parameters) ? spec.parameters : {},
    },
  ]
}

/** Returns the text of a message whose content is a string or a list of parts. */
export function textOf({ content }: JsonObject): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part) => (isJsonObject(part) ? String(part.text ?? '') : '')).join('')
}
