import type { ContentBlock, Message, ToolResultBlock } from '../agent/messages/content.js'
import type { ModelCallStart } from '../agent/span.js'
import type { Attributes } from './attributes.js'

/**
 * Returns the content of a request in the form of the conventions, for operators who enable it. A
 * span never contains the bytes of an image, a document or an audio recording.
 */

export function requestContent({ request }: ModelCallStart): Attributes {
  const system = request.system.flatMap((block) => ('text' in block ? [block] : []))
  return {
    'gen_ai.input.messages': json(request.messages.map(said)),
    ...(system.length > 0 && {
      'gen_ai.system_instructions': json(
        system.map(({ text }) => ({ type: 'text', content: text })),
      ),
    }),
  }
}

export function replyContent(message: Message | undefined): Attributes {
  return message ? { 'gen_ai.output.messages': json([said(message)]) } : {}
}

export function toolArguments(input: unknown): Attributes {
  return { 'gen_ai.tool.call.arguments': json(input) }
}

export function toolResult(content: ToolResultBlock['toolResult']['content']): Attributes {
  return { 'gen_ai.tool.call.result': json(content.map(resultPart)) }
}

function said({ role, content }: Message) {
  const fromTools = content.length > 0 && content.every((block) => 'toolResult' in block)
  return { role: fromTools ? 'tool' : role, parts: content.flatMap(parts) }
}

function parts(block: ContentBlock): object[] {
  if ('text' in block) return [{ type: 'text', content: block.text }]
  if ('toolUse' in block) {
    const { toolUseId: id, name, input } = block.toolUse
    return [{ type: 'tool_call', id, name, arguments: input }]
  }
  if ('toolResult' in block) {
    const { toolUseId: id, content } = block.toolResult
    return [{ type: 'tool_call_response', id, response: content.map(resultPart) }]
  }
  if ('cachePoint' in block) return []
  return [{ type: Object.keys(block)[0] }]
}

function resultPart(block: ToolResultBlock['toolResult']['content'][number]): unknown {
  if ('text' in block) return block.text
  return 'json' in block ? block.json : { type: Object.keys(block)[0] }
}

function json(value: unknown): string {
  return JSON.stringify(value)
}
