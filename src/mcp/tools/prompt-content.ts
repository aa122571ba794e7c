import { type AgentError, invalidRequest } from '../../agent/errors.js'
import type { ContentBlock } from '../../agent/messages/content.js'
import { isTextType, mediaBlock, mediaTypeOfName } from '../../agent/messages/media.js'
import { isJsonObject, type JsonObject } from '../../util/json.js'

/**
 * Returns arguments in which MCP content blocks of the prompt are blocks that agents take. So a
 * client can pass on the result of a tool, or an attachment of a user, as it is.
 */
export function withPlainBlocks(args: unknown): unknown {
  if (!isJsonObject(args) || !Array.isArray(args.prompt) || !args.prompt.some(hasType)) return args
  const prompt = args.prompt.map((block, index) =>
    isMcpBlock(block) ? plainBlock(block, `prompt[${index}]`) : withoutEmptyType(block),
  )
  return { ...args, prompt }
}

type McpBlock = JsonObject & { type: string }

function hasType(block: unknown): block is JsonObject {
  return isJsonObject(block) && block.type !== undefined
}

function isMcpBlock(block: unknown): block is McpBlock {
  return hasType(block) && typeof block.type === 'string' && block.type !== ''
}

/** Clients write an absent type as null or as an empty text. */
function withoutEmptyType(block: unknown): unknown {
  if (!hasType(block) || (block.type !== null && block.type !== '')) return block
  const { type: _, ...rest } = block
  return rest
}

function plainBlock(block: McpBlock, at: string): ContentBlock {
  switch (block.type) {
    case 'text':
      return { text: textAt(block, 'text', at) }
    case 'image':
    case 'audio': {
      const mimeType = textAt(block, 'mimeType', at)
      return content(mimeType, { bytes: textAt(block, 'data', at) }, block.type, at)
    }
    case 'resource':
      return embedded(block.resource, `${at}.resource`)
    case 'resource_link':
      return linked(block, at)
    default:
      throw invalidRequest(
        `${at} has the type ${JSON.stringify(block.type)}, which agents do not take.`,
        `Use text, image, audio, resource or resource_link, or blocks such as {"text": "…"}.`,
      )
  }
}

function embedded(resource: unknown, at: string): ContentBlock {
  if (!isJsonObject(resource))
    throw invalidRequest(`${at} must be an object.`, 'Set uri, and text or blob.')
  const uri = textAt(resource, 'uri', at)
  if (typeof resource.text === 'string') return { text: `Resource ${uri}:\n${resource.text}` }
  const bytes = textAt(resource, 'blob', at)
  const mimeType = mimeTypeOf(resource, uri)
  if (isTextType(mimeType)) {
    const text = Buffer.from(bytes, 'base64').toString()
    return { text: `Resource ${uri}:\n${text}` }
  }
  return content(mimeType, { bytes }, nameOf(uri), at)
}

function linked(link: JsonObject, at: string): ContentBlock {
  const url = textAt(link, 'uri', at)
  if (!/^https?:/i.test(url))
    throw invalidRequest(
      `${at} links to ${/^[\w+.-]+:/.exec(url)?.[0] ?? 'no URL'}, which this server cannot read.`,
      'Read it with resources/read and send its content, as an embedded resource or as text.',
    )
  const name = typeof link.name === 'string' && link.name !== '' ? link.name : nameOf(url)
  return content(mimeTypeOf(link, url), { url }, name, at)
}

function content(
  mimeType: string,
  source: { bytes: string } | { url: string },
  name: string,
  at: string,
) {
  const block = mediaBlock(mimeType, source, name)
  if (block) return block
  throw invalidRequest(
    `${at} has the media type ${JSON.stringify(mimeType)}, which agents do not take.`,
    'Set mimeType to that of an image, audio, a PDF, an office document or text, or send the text.',
  )
}

function mimeTypeOf({ mimeType }: JsonObject, uri: string): string {
  return typeof mimeType === 'string' ? mimeType : (mediaTypeOfName(nameOf(uri)) ?? '')
}

/** Returns the last part of the path of a URI. */
function nameOf(uri: string): string {
  const path = uri.split(/[?#]/)[0] ?? ''
  return path.split('/').findLast((part) => part !== '') ?? 'document'
}

function textAt(object: JsonObject, key: string, at: string): string {
  const value = object[key]
  if (typeof value === 'string') return value
  throw missing(`${at}.${key}`)
}

function missing(at: string): AgentError {
  return invalidRequest(`${at} must be text.`, `Set ${at} and call again.`)
}
