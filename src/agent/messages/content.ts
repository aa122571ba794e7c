import type { JsonValue } from '../../util/json.js'

export interface TextBlock {
  text: string
}

/** Asks the provider to cache everything before it. Without `ttl`, the provider's default of 5 minutes applies. */
export interface CachePointBlock {
  cachePoint: { type: 'default'; ttl?: '5m' | '1h' }
}

/** `bytes` is base64. The library also accepts a `Uint8Array` and encodes it. */
export type MediaSource = { bytes: string } | { url: string }

export interface ImageBlock {
  image: { format: 'png' | 'jpeg' | 'gif' | 'webp'; source: MediaSource }
}

export interface DocumentBlock {
  document: {
    format: 'pdf' | 'csv' | 'doc' | 'docx' | 'xls' | 'xlsx' | 'html' | 'txt' | 'md'
    name: string
    source: MediaSource
  }
}

export interface AudioBlock {
  audio: {
    format:
      | 'wav'
      | 'mp3'
      | 'flac'
      | 'ogg'
      | 'opus'
      | 'aac'
      | 'm4a'
      | 'mp4'
      | 'mpeg'
      | 'mpga'
      | 'webm'
      | 'mka'
      | 'mkv'
      | 'pcm'
      | 'x-aac'
    source: MediaSource
  }
}

/** A block with binary content, as bytes or a URL. */
export type MediaBlock = ImageBlock | DocumentBlock | AudioBlock

export interface ToolUseBlock {
  toolUse: {
    toolUseId: string
    name: string
    /** The arguments from the model. Another JSON value if they are not an object; see `rawInput`. */
    input: JsonValue
    /** The arguments byte for byte, kept only if they are not a JSON object. */
    rawInput?: string
    /** Gemini's thought signature, sent back with the call. */
    reasoningSignature?: string
  }
}

export type ToolResultContent = TextBlock | { json: JsonValue } | ImageBlock | DocumentBlock

export interface ToolResultBlock {
  toolResult: { toolUseId: string; status: 'success' | 'error'; content: ToolResultContent[] }
}

/**
 * The model's reasoning. `signature`, `redactedContent`, `encrypted` and `details` are opaque and
 * sent back unchanged.
 */
export interface ReasoningBlock {
  reasoningContent: {
    reasoningText?: { text: string; signature?: string }
    redactedContent?: string
    encrypted?: EncryptedReasoning
    /** OpenRouter's `reasoning_details`, which the same model at the same host can read. */
    details?: JsonValue[]
    /** The model and the host that the reasoning comes from. */
    origin?: string
  }
}

/** A reasoning item of the Responses API. Only its `origin` (provider and host) can read `content`. */
export interface EncryptedReasoning {
  id: string
  content: string
  origin: string
}

export type ContentBlock =
  | TextBlock
  | MediaBlock
  | CachePointBlock
  | ToolUseBlock
  | ToolResultBlock
  | ReasoningBlock

export type SystemContentBlock = TextBlock | CachePointBlock

export interface Message {
  role: 'user' | 'assistant'
  content: ContentBlock[]
}

export type StopReason =
  | 'endTurn'
  | 'toolUse'
  | 'maxTokens'
  | 'stopSequence'
  | 'contentFiltered'
  | 'cancelled'
  | 'limitReached'
  | 'interrupt'

/** Joins the text blocks of a message without a separator. */
export function messageText(message: Message): string {
  let text = ''
  for (const block of message.content) if ('text' in block) text += block.text
  return text
}

export function toolUses(message: Message): ToolUseBlock['toolUse'][] {
  const uses: ToolUseBlock['toolUse'][] = []
  for (const block of message.content) if ('toolUse' in block) uses.push(block.toolUse)
  return uses
}
