import { converseProblem } from './bedrock-rules.js'
import { parseModelRequest } from './model-request.js'
import type { JsonObject, ModelRequest, RecordedRequest } from './types.js'

export type BedrockCall = {
  request: ModelRequest
  /** The Anthropic Messages body that the request comes to. */
  messagesBody: JsonObject
  /** Bedrock's complaint about the request, or null. */
  problem: string | null
}

/** Reads a Converse call. The model stands in the path. */
export function bedrockCall({ path, body, headers }: RecordedRequest): BedrockCall {
  const [, model = '', stream] = /^\/model\/([^/]+)\/converse(-stream)?$/.exec(path) ?? []
  const messagesBody = asMessages(body, decodeURIComponent(model))
  const request = parseModelRequest('anthropic', messagesBody, headers)
  return {
    request: { ...request, wire: 'bedrock', stream: stream !== undefined, body },
    messagesBody,
    problem: converseProblem(body),
  }
}

function asMessages(body: JsonObject, model: string): JsonObject {
  const { toolChoice, tools } = body.toolConfig ?? {}
  return {
    model,
    system: folded(body.system),
    messages: (body.messages ?? []).map(({ role, content }: JsonObject) => ({
      role,
      content: folded(content),
    })),
    tools: folded(tools),
    ...(toolChoice && { tool_choice: asChoice(toolChoice) }),
  }
}

/** A cachePoint is a block of its own and marks the one before it. */
function folded(blocks: JsonObject[] = []): JsonObject[] {
  const all: JsonObject[] = []
  for (const block of blocks) {
    const last = all.at(-1)
    if (!block.cachePoint) all.push(asBlock(block))
    else if (last) {
      const { ttl } = block.cachePoint
      last.cache_control = { type: 'ephemeral', ...(ttl && { ttl }) }
    }
  }
  return all
}

function asBlock({ toolSpec, text, toolUse, toolResult, reasoningContent, ...other }: JsonObject) {
  if (toolSpec) {
    const { name, description, inputSchema } = toolSpec
    return { name, input_schema: inputSchema.json, type: 'custom', description }
  }
  if (text !== undefined) return { type: 'text', text }
  if (toolUse) {
    const { toolUseId, name, input } = toolUse
    return { type: 'tool_use', id: toolUseId, name, input }
  }
  if (toolResult) {
    const { toolUseId, content, status } = toolResult
    return {
      type: 'tool_result',
      tool_use_id: toolUseId,
      content: resultContent(content),
      ...(status === 'error' && { is_error: true }),
    }
  }
  if (reasoningContent) {
    const { reasoningText, redactedContent } = reasoningContent
    return reasoningText
      ? { type: 'thinking', thinking: reasoningText.text, signature: reasoningText.signature }
      : { type: 'redacted_thinking', data: redactedContent }
  }
  const [kind = 'unknown', block] = Object.entries(other)[0] ?? []
  return { type: kind, ...block }
}

function resultContent(content: JsonObject[]): unknown {
  const texts = content.map(({ text, json }) => text ?? (json && JSON.stringify(json)))
  if (texts.every((text) => text !== undefined)) return texts.join('\n')
  return content.map((item) =>
    item.json ? { type: 'text', text: JSON.stringify(item.json) } : asBlock(item),
  )
}

function asChoice({ auto, tool }: JsonObject): JsonObject {
  if (auto) return { type: 'auto' }
  return tool ? { type: 'tool', name: tool.name } : { type: 'any' }
}
