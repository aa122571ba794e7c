import type { ContentBlock, Message, ToolResultContent } from '../messages/content.js'
import { hasToolResult, isToolResult } from '../messages/history.js'

const keptChars = 200
const truncationMark = '... [truncated:'

/** The messages with the oldest large tool result cut to its ends; `undefined`: there is none. Pure. */
export function withoutLargeResult(messages: readonly Message[]): Message[] | undefined {
  for (const [index, message] of messages.entries()) {
    if (!hasToolResult(message)) continue
    const content = message.content.map(truncateToolResult)
    if (content.some((block, at) => block !== message.content[at]))
      return messages.with(index, { ...message, content })
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
