import { invalidRequest } from '../errors.js'
import type { ContentBlock, MediaSource, Message, SystemContentBlock } from './content.js'
import { mediaSource } from './media.js'

/** The prompt of a run. Media `bytes` may be a Uint8Array here; the history keeps base64. */
export type Prompt = string | readonly ContentBlock[] | readonly Message[]
export type SystemPrompt = string | readonly SystemContentBlock[]

const blockKeys = new Set([
  'text',
  'image',
  'document',
  'audio',
  'cachePoint',
  'toolUse',
  'toolResult',
  'reasoningContent',
])

/** Converts a prompt to the messages to append. Throws `invalidRequest` if no wire could send it. */
export function promptMessages(prompt: Prompt): Message[] {
  if (typeof prompt === 'string') {
    if (prompt.trim() === '') throw emptyPrompt()
    return [{ role: 'user', content: [{ text: prompt }] }]
  }
  if (!Array.isArray(prompt)) {
    throw invalidRequest(
      'prompt must be a string, an array of content blocks or an array of messages.',
      'Pass the task as a string, or as blocks such as [{ "text": "…" }].',
    )
  }
  if (prompt.length === 0) throw emptyPrompt()
  if (prompt.every(isMessageShape)) return checkMessages(prompt, 'prompt')
  const content = checkContent(prompt, 'prompt')
  if (!content.some(hasContent)) throw emptyPrompt()
  return [{ role: 'user', content }]
}

export function systemBlocks(prompt: SystemPrompt | undefined): SystemContentBlock[] {
  if (prompt === undefined) return []
  if (typeof prompt === 'string') return [{ text: prompt }]
  const content = checkContent(prompt, 'systemPrompt')
  content.forEach((block, index) => {
    if (!('text' in block || 'cachePoint' in block))
      throw invalidBlock(`systemPrompt[${index}]`, 'only text and cachePoint are allowed there')
  })
  return content as SystemContentBlock[]
}

export function checkMessages(messages: readonly unknown[], at: string): Message[] {
  return messages.map((message, index) => {
    if (!isMessageShape(message))
      throw invalidBlock(
        `${at}[${index}]`,
        'it must be { role: "user" | "assistant", content: […] }',
      )
    return { role: message.role, content: checkContent(message.content, `${at}[${index}].content`) }
  })
}

function isMessageShape(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null || !('role' in value)) return false
  const { role } = value
  return (
    (role === 'user' || role === 'assistant') && 'content' in value && Array.isArray(value.content)
  )
}

function checkContent(blocks: readonly unknown[], at: string): ContentBlock[] {
  return blocks.map((block, index) => checkBlock(block, `${at}[${index}]`))
}

function checkBlock(value: unknown, at: string): ContentBlock {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : []
  const [key] = keys
  if (key === undefined || keys.length !== 1 || !blockKeys.has(key)) {
    const known = [...blockKeys].join(', ')
    const what = keys.length > 0 ? keys.join(', ') : JSON.stringify(value)
    throw invalidBlock(
      at,
      `${what} is not a content block that can be sent; valid blocks are ${known}`,
    )
  }
  const block = value as ContentBlock
  if ('text' in block && typeof block.text !== 'string')
    throw invalidBlock(at, 'text must be a string')
  if ('image' in block)
    return { image: { ...block.image, source: checkSource(block.image?.source, at) } }
  if ('document' in block)
    return { document: { ...block.document, source: checkSource(block.document?.source, at) } }
  if ('audio' in block)
    return { audio: { ...block.audio, source: checkSource(block.audio?.source, at) } }
  return block
}

function checkSource(source: unknown, at: string): MediaSource {
  const known = mediaSource(source)
  if (!known) throw invalidBlock(at, 'its source must be { bytes: base64 } or { url }')
  return known
}

function hasContent(block: ContentBlock): boolean {
  return 'text' in block ? block.text.trim() !== '' : !('cachePoint' in block)
}

function emptyPrompt() {
  return invalidRequest('The prompt is empty.', 'Write the task in the prompt.')
}

function invalidBlock(at: string, why: string) {
  return invalidRequest(`${at}: ${why}.`, `Fix ${at} and call again.`)
}
