import type { ContentBlock, Message, ToolResultContent } from '../messages/content.js'
import { hasToolResult, isToolResult } from '../messages/history.js'
import { sizeOf } from './size.js'

const keptChars = 200
const truncationMark = '... [truncated:'

/**
 * Truncates large tool results to their ends, oldest first, until `removeChars` are removed. Returns
 * how many messages were changed and how many characters removed. Pure.
 */
export function withoutLargeResults(
  messages: readonly Message[],
  removeChars: number,
): { messages: Message[]; results: number; removed: number } {
  const shortened = [...messages]
  let removed = 0
  let results = 0
  for (const [index, message] of messages.entries()) {
    if (removed >= removeChars) break
    if (!hasToolResult(message)) continue
    const content = message.content.map(truncateToolResult)
    const changed = content.filter((block, at) => block !== message.content[at]).length
    if (changed === 0) continue
    results += changed
    shortened[index] = { ...message, content }
    removed += sizeOf(message) - sizeOf(shortened[index])
  }
  return { messages: shortened, results, removed }
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
