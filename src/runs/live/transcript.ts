import type {
  ContentBlock,
  MediaSource,
  Message,
  TextBlock,
  ToolResultContent,
} from '../../agent/messages/content.js'

/** Returns messages with a placeholder for the content of each image, document and audio block. */
export function withoutMedia(messages: readonly Message[]): readonly Message[] {
  if (!messages.some(({ content }) => content.some(hasMedia))) return messages
  return messages.map((message) =>
    message.content.some(hasMedia)
      ? { ...message, content: message.content.map(blockWithoutMedia) }
      : message,
  )
}

/** Returns the approximate memory size of messages, in bytes. */
export function messagesSize(messages: readonly Message[]): number {
  let size = 0
  for (const { content } of messages)
    for (const block of content)
      size += 'text' in block ? 2 * block.text.length : 2 * JSON.stringify(block).length
  return size
}

type Block = ContentBlock | ToolResultContent

function hasMedia(block: Block): boolean {
  if ('toolResult' in block) return block.toolResult.content.some(hasMedia)
  return 'image' in block || 'document' in block || 'audio' in block
}

function blockWithoutMedia(block: ContentBlock): ContentBlock {
  if (!('toolResult' in block)) return leftOut(block) ?? block
  const content = block.toolResult.content.map((inner) => leftOut(inner) ?? inner)
  return { toolResult: { ...block.toolResult, content } }
}

function leftOut(block: Block): TextBlock | undefined {
  if ('image' in block) return { text: `[${block.image.format} image${origin(block.image)}]` }
  if ('document' in block)
    return { text: `[${block.document.format} document${origin(block.document)}]` }
  if ('audio' in block) return { text: `[${block.audio.format} audio${origin(block.audio)}]` }
  return undefined
}

function origin({ source }: { source: MediaSource }): string {
  return 'url' in source
    ? `, ${source.url}`
    : `, ${Math.floor((source.bytes.length * 3) / 4)} bytes`
}
