import type { ChatCompletionMessageParam } from 'openai/resources'
import type {
  ContentBlock,
  Message,
  ToolResultBlock,
  ToolUseBlock,
} from '../../../agent/messages/content.js'
import type { JsonObject } from '../../../util/json.js'
import type { CachePoints } from '../../cache/cache-points.js'
import type { Route, Traits } from '../../routes/route.js'
import { sentToolName } from '../sent-values.js'
import { audioPart, documentPart, imagePart, madeImage } from './media.js'
import { assistantReasoning, type HistoryReasoning } from './reasoning.js'
import { imageNotice, spacedJson } from './values.js'

export type Part = JsonObject & { type: string }

/** Describes an OpenAI message with the additional fields of LiteLLM. */
export type ChatMessage = { role: ChatCompletionMessageParam['role'] } & JsonObject

/** Holds what the messages of a request share. */
interface Context {
  route: Route
  points: CachePoints
  reasoning: HistoryReasoning
}

/** Returns a message of the conversation as the messages of the wire. */
export function chatMessages(message: Message, at: string, context: Context): ChatMessage[] {
  return message.role === 'assistant'
    ? [assistantMessage(message, at, context)]
    : userMessages(message, at, context)
}

const onlyText =
  'In an assistant message only text can be marked on this wire. Move the cache point after text, or into the next message.'

function assistantMessage(
  { content }: Message,
  at: string,
  { route, points, reasoning }: Context,
): ChatMessage {
  const { traits } = route
  const { fields, part } = assistantReasoning(content, route, reasoning)
  const parts: Part[] = part ? [part] : []
  const calls: JsonObject[] = []
  const images: JsonObject[] = []
  for (const [index, block] of content.entries()) {
    if ('text' in block) {
      if (block.text.trim() !== '') parts.push({ type: 'text', text: block.text })
    } else if ('cachePoint' in block) {
      const place = `${at}.content[${index}]`
      const unmarkable = calls.length + images.length > 0 || 'thinking_blocks' in fields
      if (parts.length === 0 && unmarkable && traits.cacheControl)
        points.refuse(place, 'unsupported', onlyText)
      else points.mark(parts, block, place)
    } else if ('toolUse' in block) calls.push(toolCall(block.toolUse, traits))
    else if ('image' in block) images.push(...madeImage(block.image, images.length, route))
  }
  const isBlank = parts.every(({ type }) => type !== 'text')
  // Providers refuse an empty assistant message.
  if (isBlank && calls.length === 0) parts.push({ type: 'text', text: '[blank text]' })
  const isText = parts.every(({ type }) => type === 'text')
  return {
    role: 'assistant',
    ...(parts.length > 0 && {
      content: traits.stringContent && isText ? coalesce(parts) : parts,
    }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(images.length > 0 && { images }),
    ...fields,
  }
}

function toolCall(use: ToolUseBlock['toolUse'], traits: Traits): JsonObject {
  const { toolUseId, name, reasoningSignature } = use
  return {
    id: toolUseId,
    type: 'function',
    function: {
      name: sentToolName(name),
      arguments: callArguments(use, traits),
    },
    ...(reasoningSignature !== undefined && thoughtSignature(reasoningSignature, traits)),
  }
}

/**
 * Returns a thought signature in the form of the server. It is sent only to servers that support
 * it, because others refuse unknown fields.
 */
function thoughtSignature(signature: string, { signedThoughts }: Traits): JsonObject {
  switch (signedThoughts) {
    case 'google':
      return { extra_content: { google: { thought_signature: signature } } }
    case 'litellm':
      return { provider_specific_fields: { thought_signature: signature } }
    default:
      return {}
  }
}

/**
 * Returns the arguments of a tool call. Invalid arguments are sent as the model wrote them, or
 * inside an object if the server requires one.
 */
function callArguments({ input, rawInput }: ToolUseBlock['toolUse'], traits: Traits): string {
  if (rawInput === undefined) return spacedJson(input)
  return traits.objectArguments ? spacedJson({ invalid_arguments: rawInput }) : rawInput
}

function userMessages({ content }: Message, at: string, { route, points }: Context): ChatMessage[] {
  const results: ChatMessage[] = []
  const parts: Part[] = []
  const shown: Part[] = []
  content.forEach((block, index) => {
    if ('toolResult' in block) results.push(toolMessage(block.toolResult, route, shown))
    else if ('cachePoint' in block) {
      const last = parts.length > 0 ? parts : results
      points.mark(last, block, `${at}.content[${index}]`)
    } else parts.push(userPart(block, route))
  })
  const messages = results
  if (shown.length > 0) messages.push({ role: 'user', content: shown })
  if (parts.length > 0) {
    const plain = route.traits.stringContent && parts.every(({ type }) => type === 'text')
    messages.push({ role: 'user', content: plain ? coalesce(parts) : parts })
  }
  return messages
}

function userPart(block: ContentBlock, route: Route): Part {
  if ('text' in block) return { type: 'text', text: block.text }
  if ('image' in block) return imagePart(block.image, route)
  if ('document' in block) return documentPart(block.document)
  if ('audio' in block) return audioPart(block.audio, route)
  throw new TypeError(`A ${Object.keys(block)[0]} block cannot stand in a user message.`)
}

/**
 * Returns a tool message. It can contain only text, so images are added to `shown` for a user
 * message after it.
 */
function toolMessage(
  { toolUseId, content }: ToolResultBlock['toolResult'],
  route: Route,
  shown: Part[],
): ChatMessage {
  const message = { role: 'tool' as const, tool_call_id: toolUseId }
  const parts: Part[] = []
  for (const item of content) {
    const last = parts.at(-1)
    if ('text' in item || 'json' in item) {
      const text = 'text' in item ? item.text : spacedJson(item.json)
      if (last?.type === 'text') last.text = `${last.text}\n${text}`
      else parts.push({ type: 'text', text })
    } else if ('image' in item) parts.push(imagePart(item.image, route))
    else parts.push(documentPart(item.document))
  }
  if (parts.every(({ type }) => type === 'text')) return { ...message, content: coalesce(parts) }
  const images = parts.filter(({ type }) => type === 'image_url')
  const rest = parts.filter(({ type }) => type !== 'image_url')
  if (images.length > 0) rest.push({ type: 'text', text: imageNotice })
  shown.push(...images)
  return { ...message, content: rest }
}

export function coalesce(parts: Part[]): string {
  return parts.map(({ text }) => text).join('\n')
}
