import type { ContentBlock, Message, ToolResultBlock } from './content.js'

export function isToolResult(block: ContentBlock): block is ToolResultBlock {
  return 'toolResult' in block
}

export function hasToolResult(message: Message | undefined): boolean {
  return message?.content.some(isToolResult) ?? false
}

export function hasToolUse(message: Message | undefined): boolean {
  return message?.content.some((block) => 'toolUse' in block) ?? false
}

function interrupted(toolUseId: string): ToolResultBlock {
  return {
    toolResult: { toolUseId, status: 'error', content: [{ text: 'Tool was interrupted.' }] },
  }
}

/**
 * Repairs a history so that every provider accepts it: the message after a tool use starts with its
 * result, and no result is without its use. Repairing twice changes nothing more. Valid messages are
 * kept, not copied.
 */
export function repairHistory(messages: readonly Message[]): Message[] {
  const repaired: Message[] = []
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index] as Message
    if (message.role === 'user' && hasToolResult(message)) {
      // Valid results were handled together with their uses below, so these have no use.
      const content = message.content.filter((block) => !isToolResult(block))
      if (content.length > 0) repaired.push({ role: 'user', content })
      continue
    }
    repaired.push(message)
    if (message.role !== 'assistant' || !hasToolUse(message)) continue
    const next = messages[index + 1]
    const answer = next?.role === 'user' ? next : undefined
    repaired.push(answerToolUses(message, hasToolResult(answer) ? answer : undefined))
    if (hasToolResult(answer)) index++
  }
  return repaired
}

function answerToolUses(use: Message, answer: Message | undefined): Message {
  const open = new Set<string>()
  for (const block of use.content) if ('toolUse' in block) open.add(block.toolUse.toolUseId)
  const content: ContentBlock[] = []
  let valid = answer !== undefined
  for (const block of answer?.content ?? []) {
    const known = !isToolResult(block) || open.delete(block.toolResult.toolUseId)
    const behind = isToolResult(block) && content.some((other) => !isToolResult(other))
    if (!known || behind) valid = false
    if (known) content.push(block)
  }
  if (valid && open.size === 0) return answer as Message
  const results = content.filter(isToolResult)
  const rest = content.filter((block) => !isToolResult(block))
  return { role: 'user', content: [...results, ...[...open].map(interrupted), ...rest] }
}
