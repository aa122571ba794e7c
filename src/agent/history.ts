import type { ContentBlock, Message, ToolResultBlock, ToolResultContent } from './content.js'

const keptChars = 200
const truncationMark = '... [truncated:'

function isToolResult(block: ContentBlock): block is ToolResultBlock {
  return 'toolResult' in block
}

function hasToolResult(message: Message | undefined): boolean {
  return message?.content.some(isToolResult) ?? false
}

function hasToolUse(message: Message | undefined): boolean {
  return message?.content.some((block) => 'toolUse' in block) ?? false
}

function interrupted(toolUseId: string): ToolResultBlock {
  return {
    toolResult: { toolUseId, status: 'error', content: [{ text: 'Tool was interrupted.' }] },
  }
}

/**
 * A history every provider accepts: each tool use is answered in the message that follows it, and
 * no result stands without its use. Repairing twice changes nothing more. Messages that are sound
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
    if (isToolResult(block) && !open.delete(block.toolResult.toolUseId)) sound = false
    else content.push(block)
  }
  if (sound && open.size === 0) return answer as Message
  const results = content.filter(isToolResult)
  const rest = content.filter((block) => !isToolResult(block))
  return { role: 'user', content: [...results, ...[...open].map(interrupted), ...rest] }
}

/**
 * A shorter history after a context overflow: the oldest large tool result is cut to its ends,
 * else the oldest messages go, up to a user message that can stand first, so that no tool use and
 * result are parted. `undefined`: nothing can go.
 */
export function reduceHistory(
  messages: readonly Message[],
): { messages: Message[]; detail: string } | undefined {
  const oldest = messages.findIndex(hasToolResult)
  if (oldest !== -1) {
    const message = messages[oldest] as Message
    const content = message.content.map(truncateToolResult)
    if (content.some((block, index) => block !== message.content[index])) {
      const detail = 'The oldest large tool result was cut to fit the context window.'
      return { messages: messages.with(oldest, { ...message, content }), detail }
    }
  }
  const start = trimPoint(messages, 2)
  if (start === undefined) return undefined
  const detail = `The ${start} oldest messages were dropped to fit the context window.`
  return { messages: messages.slice(start), detail }
}

function trimPoint(messages: readonly Message[], from: number): number | undefined {
  for (let index = from; index < messages.length; index++) {
    const message = messages[index] as Message
    if (message.role === 'user' && !hasToolResult(message)) return index
  }
  // A conversation that is one long tool loop can only be cut before a use whose result follows.
  for (let index = from; index < messages.length - 1; index++) {
    if (hasToolUse(messages[index]) && hasToolResult(messages[index + 1])) return index
  }
  return undefined
}

function truncateToolResult(block: ContentBlock): ContentBlock {
  if (!isToolResult(block)) return block
  const { toolResult } = block
  const content = toolResult.content.map(truncateContent)
  if (content.every((item, index) => item === toolResult.content[index])) return block
  return { toolResult: { ...toolResult, content } }
}

function truncateContent(item: ToolResultContent): ToolResultContent {
  if ('image' in item) {
    const { format, source } = item.image
    const bytes = 'bytes' in source ? Math.floor((source.bytes.length * 3) / 4) : 0
    return { text: `[image: ${format}, ${bytes} bytes]` }
  }
  const text = 'text' in item ? item.text : 'json' in item ? JSON.stringify(item.json) : ''
  if (text.length <= 2 * keptChars || text.includes(truncationMark)) return item
  const removed = text.length - 2 * keptChars
  const head = text.slice(0, keptChars).toWellFormed()
  const tail = text.slice(-keptChars).toWellFormed()
  return { text: `${head}...\n\n${truncationMark} ${removed} chars removed] ...\n\n...${tail}` }
}
