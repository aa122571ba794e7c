import type { JsonObject, ModelRequest, OfferedTool, Wire } from './types.js'

/** Reads a model call's body into what both wires have in common. */
export function parseModelRequest(
  wire: Wire,
  body: JsonObject,
  headers: Record<string, string>,
): ModelRequest {
  const messages: JsonObject[] = body.messages ?? []
  return {
    wire,
    model: String(body.model ?? ''),
    stream: body.stream === true,
    includeUsage: wire === 'anthropic' || body.stream_options?.include_usage === true,
    system: wire === 'anthropic' ? textOf(body.system) : systemText(messages),
    ...lastTurn(messages),
    tools: (body.tools ?? []).map(offeredTool),
    forcedTool: forcedTool(body.tool_choice),
    responseSchema: responseSchema(body),
    headers,
    body,
  }
}

function systemText(messages: JsonObject[]): string {
  const system = messages.filter((m) => m.role === 'system' || m.role === 'developer')
  return system.map((m) => textOf(m.content)).join('\n')
}

function lastTurn(messages: JsonObject[]): Pick<ModelRequest, 'lastUserText' | 'toolResults'> {
  const userTexts = messages.filter((m) => m.role === 'user').map((m) => textOf(m.content))
  const newest = messages.slice(messages.findLastIndex((m) => m.role === 'assistant') + 1)
  const userHasSpoken = newest.some((m) => m.role === 'user' && textOf(m.content) !== '')
  return {
    lastUserText: userTexts.findLast((text) => text !== '') ?? '',
    toolResults: userHasSpoken ? [] : newest.flatMap(toolResultsOf),
  }
}

function toolResultsOf(message: JsonObject): { id: string; text: string }[] {
  if (message.role === 'tool') return [{ id: message.tool_call_id, text: textOf(message.content) }]
  if (!Array.isArray(message.content)) return []
  return message.content
    .filter((block: JsonObject) => block.type === 'tool_result')
    .map((block: JsonObject) => ({ id: block.tool_use_id, text: textOf(block.content) }))
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  const texts = content.filter((block) => block?.type === 'text').map((block) => block.text)
  return texts.join('\n')
}

function offeredTool(tool: JsonObject): OfferedTool {
  const { name, description = '', parameters, input_schema } = tool.function ?? tool
  return { name, description, inputSchema: input_schema ?? parameters ?? {} }
}

function forcedTool(choice: unknown): string | null {
  if (choice === 'required') return 'any'
  if (choice === null || typeof choice !== 'object') return null
  const { type, name, function: fn } = choice as JsonObject
  if (type === 'any') return 'any'
  if (type === 'tool') return name
  return type === 'function' ? fn?.name : null
}

function responseSchema(body: JsonObject): JsonObject | null {
  const format = body.response_format ?? body.output_config?.format ?? body.output_format
  if (format?.type !== 'json_schema') return null
  return format.json_schema?.schema ?? format.schema ?? null
}
