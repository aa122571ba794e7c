import { invalidRequest } from '../../../agent/errors.js'
import type {
  AudioBlock,
  ContentBlock,
  DocumentBlock,
  MediaSource,
  Message,
  ToolResultBlock,
  ToolUseBlock,
} from '../../../agent/messages/content.js'
import { documentTypes } from '../../../agent/messages/media.js'
import { isJsonObject, type JsonObject } from '../../../util/json.js'
import type { CachePoints } from '../../cache/cache-points.js'
import { isGemini3 } from '../../routes/gemini.js'
import type { Route } from '../../routes/route.js'
import { isOwn } from '../reasoning-origin.js'
import { madeImageText, sentToolName } from '../sent-values.js'

export type Part = JsonObject

export interface Content extends JsonObject {
  role: 'user' | 'model'
  parts: Part[]
}

interface Context {
  route: Route
  points: CachePoints
  /** The names of the calls so far, by their ids: Google wants them with the results. */
  names: Map<string, string>
}

/**
 * Returns a conversation as Google's contents. Adjacent turns of one side are joined. The parts
 * that precede a cache point are marked in `points`.
 */
export function contentsOf(
  messages: readonly Message[],
  route: Route,
  points: CachePoints,
): Content[] {
  const context: Context = { route, points, names: new Map() }
  const contents: Content[] = []
  for (const [index, { role, content }] of messages.entries()) {
    const side = role === 'assistant' ? 'model' : 'user'
    const last = contents.at(-1)
    const joined = last?.role === side ? last : undefined
    const parts = joined?.parts ?? []
    addParts(parts, content, side, `messages[${index}]`, context)
    if (!joined && parts.length > 0) contents.push({ role: side, parts })
  }
  // Google refuses a conversation that does not begin with the user.
  if (contents[0]?.role === 'model') contents.unshift({ role: 'user', parts: [{ text: '.' }] })
  return contents
}

function addParts(
  parts: Part[],
  content: readonly ContentBlock[],
  side: Content['role'],
  at: string,
  context: Context,
): void {
  let isFirstCall = true
  for (const [index, block] of content.entries()) {
    if ('cachePoint' in block) context.points.admit(parts, `${at}.content[${index}]`)
    else if ('toolUse' in block) {
      parts.push(functionCall(block.toolUse, isFirstCall, context))
      isFirstCall = false
    } else if (side === 'model') parts.push(...modelParts(block, context.route))
    else parts.push(...userParts(block, context))
  }
}

function modelParts(block: ContentBlock, route: Route): Part[] {
  if ('text' in block) return block.text.trim() === '' ? [] : [{ text: block.text }]
  if ('image' in block) return [{ text: madeImageText }]
  if (!('reasoningContent' in block)) return []
  const { reasoningContent: reasoning } = block
  const text = reasoning.reasoningText?.text
  return text && isOwn(reasoning, route) ? [{ thought: true, text }] : []
}

function userParts(block: ContentBlock, context: Context): Part[] {
  if ('text' in block) return [{ text: block.text }]
  if ('image' in block) return [mediaPart(`image/${block.image.format}`, block.image.source)]
  if ('document' in block) return [documentPart(block.document)]
  if ('audio' in block) return [audioPart(block.audio)]
  if ('toolResult' in block) return resultParts(block.toolResult, context)
  return []
}

/**
 * What Google takes in place of the signature of a call that another model made. Gemini 3 refuses
 * the first call of a turn without one.
 */
const foreignCall = Buffer.from('skip_thought_signature_validator').toString('base64')

/** LiteLLM's separator between the id of a call and the signature that it keeps there. */
const keptSignature = '__thought__'

function functionCall(
  { toolUseId, name, input, rawInput, reasoningSignature }: ToolUseBlock['toolUse'],
  isFirst: boolean,
  { route, names }: Context,
): Part {
  const [id = toolUseId, kept] = toolUseId.split(keptSignature)
  const signature =
    reasoningSignature ?? kept ?? (isFirst && isGemini3(route.model) ? foreignCall : undefined)
  const sentName = sentToolName(name)
  names.set(toolUseId, sentName)
  return {
    function_call: {
      name: sentName,
      args: isJsonObject(input) ? input : { invalid_arguments: rawInput ?? input },
      id,
    },
    ...(signature !== undefined && { thoughtSignature: signature }),
  }
}

/** A response holds only JSON, so the media of a result follow it. */
function resultParts(
  { toolUseId, content }: ToolResultBlock['toolResult'],
  { names }: Context,
): Part[] {
  const texts: string[] = []
  const media: Part[] = []
  for (const item of content) {
    if ('text' in item) texts.push(item.text)
    else if ('json' in item) texts.push(JSON.stringify(item.json))
    else if ('image' in item) media.push(mediaPart(`image/${item.image.format}`, item.image.source))
    else media.push(documentPart(item.document))
  }
  const [id = toolUseId] = toolUseId.split(keptSignature)
  const name = names.get(toolUseId) ?? 'unknown_tool'
  const response = { content: texts.join('\n') }
  return [{ function_response: { name, response, id } }, ...media]
}

function documentPart({ format, source }: DocumentBlock['document']): Part {
  const [mediaType] = documentTypes[format] ?? []
  if (mediaType === undefined)
    throw invalidRequest(
      `A document of format ${JSON.stringify(format)} cannot be sent.`,
      `Use one of ${Object.keys(documentTypes).join(', ')}.`,
    )
  // Google reads text files only under this type.
  const isText = mediaType.startsWith('text/') && 'bytes' in source
  return mediaPart(isText ? 'text/plain' : mediaType, source)
}

/** The media types of audio whose format has another name. */
const audioTypes: Record<string, string> = {
  mp3: 'audio/mp3',
  m4a: 'audio/mp4',
  mpga: 'audio/mpeg',
}

function audioPart({ format, source }: AudioBlock['audio']): Part {
  return mediaPart(audioTypes[format] ?? `audio/${format}`, source)
}

function mediaPart(mediaType: string, source: MediaSource): Part {
  return 'url' in source
    ? { file_data: { mime_type: mediaType, file_uri: source.url } }
    : { inline_data: { data: source.bytes, mime_type: mediaType } }
}
