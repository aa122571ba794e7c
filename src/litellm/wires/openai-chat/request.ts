import type { ChatCompletionMessageParam } from 'openai/resources'
import type {
  ContentBlock,
  Message,
  ToolResultBlock,
  ToolUseBlock,
} from '../../../agent/messages/content.js'
import type { ModelRequest, ToolChoice } from '../../../agent/model.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'
import { CachePoints } from '../../cache/cache-points.js'
import type { Route, Traits } from '../../routes/route.js'
import type { CallSettings } from '../../settings.js'
import { sentToolName } from '../sent-values.js'
import { sentSchema } from '../tool-schemas/sent-schema.js'

import { audioPart, documentPart, imagePart, madeImage } from './media.js'
import { chatParams } from './params.js'
import { imageNotice, spacedJson } from './values.js'

/**
 * Describes a request in the form that LiteLLM accepts: OpenAI's types with additional fields such
 * as `cache_control`.
 */
export interface ChatRequest {
  body: JsonObject
  points: CachePoints
}

type Part = JsonObject & { type: string }

/** Describes an OpenAI message with the additional fields of LiteLLM. */
type ChatMessage = { role: ChatCompletionMessageParam['role'] } & JsonObject

/**
 * Returns the request of a call. Pure. The same call always results in the same bytes, so that
 * provider caches match.
 */
export function chatRequest(
  request: ModelRequest,
  route: Route,
  settings: CallSettings,
  stream: boolean,
): ChatRequest {
  const points = new CachePoints(route.traits.cacheControl === true)
  const tools: JsonObject[] = request.tools.map((tool) => chatTool(tool, route))
  if (request.toolsCachePoint) points.mark(tools, { cachePoint: request.toolsCachePoint }, 'tools')
  const system = systemMessage(request, route, points)
  const messages = request.messages.flatMap((message, index) =>
    chatMessages(message, `messages[${index}]`, route, points),
  )
  const { tool_choice: wishedChoice, ...params } = chatParams(settings.body, route)
  const choice = request.toolChoice ? toolChoice(request.toolChoice) : wishedChoice
  return {
    body: {
      model: route.model,
      messages: [...(system ? [system] : []), ...messages] as JsonValue,
      ...(tools.length > 0 && { tools }),
      ...(tools.length > 0 && choice !== undefined && { tool_choice: choice }),
      ...(stream && { stream: true }),
      ...(stream && !route.traits.noStreamOptions && { stream_options: { include_usage: true } }),
      ...params,
    },
    points,
  }
}

/** Returns the parts of a body in the order in which providers cache them. */
export function cachedParts({ tools, messages }: JsonObject): object[] {
  const inMessages = (messages as ChatMessage[]).flatMap(({ content, ...message }) =>
    Array.isArray(content) ? (content as object[]) : [{ ...message, content }],
  )
  return [...((tools as object[] | undefined) ?? []), ...inMessages]
}

function systemMessage(
  { system }: ModelRequest,
  { model, traits }: Route,
  points: CachePoints,
): ChatMessage | undefined {
  const parts: Part[] = []
  system.forEach((block, index) => {
    if ('text' in block) parts.push({ type: 'text', text: block.text })
    else points.mark(parts, block, `system[${index}]`)
  })
  if (parts.length === 0) return undefined
  const role = traits.noSystemRole?.test(model) ? 'user' : 'system'
  return { role, content: traits.stringContent ? coalesce(parts) : parts }
}

function chatMessages(
  message: Message,
  at: string,
  route: Route,
  points: CachePoints,
): ChatMessage[] {
  return message.role === 'assistant'
    ? [assistantMessage(message, at, route, points)]
    : userMessages(message, at, route, points)
}

const onlyText =
  'In an assistant message only text can be marked on this wire. Move the cache point after text, or into the next message.'

function assistantMessage(
  { content }: Message,
  at: string,
  route: Route,
  points: CachePoints,
): ChatMessage {
  const { traits } = route
  const parts: Part[] = []
  const calls: JsonObject[] = []
  const thinking: JsonObject[] = []
  const images: JsonObject[] = []
  let reasoning = ''
  for (const [index, block] of content.entries()) {
    if ('text' in block) {
      if (block.text.trim() !== '') parts.push({ type: 'text', text: block.text })
    } else if ('cachePoint' in block) {
      const place = `${at}.content[${index}]`
      const unmarkable = calls.length + thinking.length + images.length > 0
      if (parts.length === 0 && unmarkable && traits.cacheControl)
        points.refuse(place, 'unsupported', onlyText)
      else points.mark(parts, block, place)
    } else if ('toolUse' in block) calls.push(toolCall(block.toolUse, traits))
    else if ('image' in block) images.push(...madeImage(block.image, images.length, route))
    else if ('reasoningContent' in block) {
      const { reasoningText, redactedContent } = block.reasoningContent
      if (redactedContent !== undefined)
        thinking.push({ type: 'redacted_thinking', data: redactedContent })
      else if (reasoningText?.signature !== undefined)
        thinking.push({
          type: 'thinking',
          thinking: reasoningText.text,
          signature: reasoningText.signature,
        })
      else reasoning += reasoningText?.text ?? ''
    }
  }
  // Providers refuse an empty assistant message.
  if (parts.length === 0 && calls.length === 0) parts.push({ type: 'text', text: '[blank text]' })
  return {
    role: 'assistant',
    ...(parts.length > 0 && { content: traits.stringContent ? coalesce(parts) : parts }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(images.length > 0 && { images }),
    ...(traits.signedThoughts === 'litellm' &&
      thinking.length > 0 && { thinking_blocks: thinking }),
    ...(traits.replayReasoning &&
      calls.length > 0 &&
      reasoning && { reasoning_content: reasoning }),
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

function userMessages(
  { content }: Message,
  at: string,
  route: Route,
  points: CachePoints,
): ChatMessage[] {
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

function coalesce(parts: Part[]): string {
  return parts.map(({ text }) => text).join('\n')
}

function chatTool(
  { name, description, inputSchema }: ModelRequest['tools'][number],
  route: Route,
): JsonObject {
  const parameters = withRequired(sentSchema(inputSchema, route, name))
  return { type: 'function', function: { name, description, parameters } }
}

/**
 * Adds an empty `required` to a schema, because some servers expect it for tools without arguments.
 */
function withRequired(schema: JsonObject): JsonObject {
  return isJsonObject(schema.properties) && schema.required === undefined
    ? { ...schema, required: [] }
    : schema
}

function toolChoice(choice: ToolChoice): JsonValue {
  switch (choice.type) {
    case 'auto':
      return 'auto'
    case 'any':
      return 'required'
    case 'tool':
      return { type: 'function', function: { name: choice.name } }
  }
}
