import type { ModelRequest } from '../../agent/model.js'
import { sentToolName } from './sent-values.js'

/**
 * Returns a tool for each name in the conversation, if no tool is offered. Some providers require
 * tools for a conversation with tool calls.
 */
export function withdrawnTools({ messages, tools }: ModelRequest): ModelRequest['tools'] {
  if (tools.length > 0) return []
  const names = new Set<string>()
  for (const { content } of messages)
    for (const block of content) if ('toolUse' in block) names.add(sentToolName(block.toolUse.name))
  return [...names].map(withdrawn)
}

const withdrawnSchema = { type: 'object', properties: {} }

function withdrawn(name: string): ModelRequest['tools'][number] {
  return {
    name,
    description: 'No longer available: do not call it.',
    inputSchema: withdrawnSchema,
  }
}
