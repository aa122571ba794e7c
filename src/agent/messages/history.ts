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
 * A history every provider accepts: each tool use is answered in the message that follows it, before
 * whatever else is said there, and no result stands without its use. Repairing twice changes nothing more. Messages that are sound
 * are kept as they are, not copied.
 */
export function repairHistory(messages: readonly Message[]): Message[] {
  const repaired: Message[] = []
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index] as Message
    if (message.role === 'user' && hasToolResult(message)) {
      // A sound one was taken together with its uses below: these results answer nothing.
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
  let sound = answer !== undefined
  for (const block of answer?.content ?? []) {
    const known = !isToolResult(block) || open.delete(block.toolResult.toolUseId)
    const behind = isToolResult(block) && content.some((other) => !isToolResult(other))
    if (!known || behind) sound = false
    if (known) content.push(block)
  }
  if (sound && open.size === 0) return answer as Message
  const results = content.filter(isToolResult)
  const rest = content.filter((block) => !isToolResult(block))
  return { role: 'user', content: [...results, ...[...open].map(interrupted), ...rest] }
}
