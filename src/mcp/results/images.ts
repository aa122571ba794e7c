import type { ImageBlock, Message } from '../../agent/messages/content.js'
import type { Content } from '../tool-call.js'

/** Limits the base64 of all images of one answer, because clients keep a whole result in memory. */
const maxChars = 8 * 1024 * 1024

/**
 * Returns the images of an answer as MCP image blocks. An image beyond the limit becomes a note, and
 * an image on the web becomes a link.
 */
export function imageContent(message: Message | null): Content[] {
  let left = maxChars
  const items: Content[] = []
  for (const block of message?.content ?? []) {
    if (!('image' in block)) continue
    const { source } = block.image
    const size = 'bytes' in source ? source.bytes.length : 0
    left -= size
    items.push(left < 0 ? omittedImage(size) : imageBlock(block.image))
    if (left < 0) left += size
  }
  return items
}

function imageBlock({ format, source }: ImageBlock['image']): Content {
  const mimeType = `image/${format}`
  return 'bytes' in source
    ? { type: 'image', data: source.bytes, mimeType }
    : { type: 'resource_link', uri: source.url, name: 'image', mimeType }
}

function omittedImage(size: number): Content {
  const megabytes = ((size * 3) / 4 / 1024 / 1024).toFixed(1)
  return {
    type: 'text',
    text: `[An image of ${megabytes} MiB is omitted because it is too large.]`,
  }
}
