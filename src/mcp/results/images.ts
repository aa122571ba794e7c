import type { CallToolResult } from '@modelcontextprotocol/server'
import type { ImageBlock, Message } from '../../agent/messages/content.js'

type Content = CallToolResult['content'][number]

/** Base64 of all the images of one answer. Clients keep a whole result in memory, and show it to a model. */
const maxChars = 8 * 1024 * 1024

/**
 * The images of an answer as MCP shows images: never as base64 in its text. What is too large is
 * told of instead, and what stands on the web is linked to.
 */
export function imageContent(message: Message | null): Content[] {
  let left = maxChars
  const items: Content[] = []
  for (const block of message?.content ?? []) {
    if (!('image' in block)) continue
    const { source } = block.image
    const size = 'bytes' in source ? source.bytes.length : 0
    left -= size
    items.push(left < 0 ? leftOut(size) : shown(block.image))
    if (left < 0) left += size
  }
  return items
}

function shown({ format, source }: ImageBlock['image']): Content {
  const mimeType = `image/${format}`
  return 'bytes' in source
    ? { type: 'image', data: source.bytes, mimeType }
    : { type: 'resource_link', uri: source.url, name: 'image', mimeType }
}

function leftOut(size: number): Content {
  const megabytes = ((size * 3) / 4 / 1024 / 1024).toFixed(1)
  return { type: 'text', text: `[An image of ${megabytes} MiB was left out: it is too large.]` }
}
