import { type AgentError, invalidRequest } from '../../agent/errors.js'
import type { ContentBlock } from '../../agent/messages/content.js'
import { isTextType, mediaBlock, mediaTypeOfName } from '../../agent/messages/media.js'
import { isJsonObject, type JsonObject } from '../../util/json.js'

/**
 * The arguments of a call with MCP's own content blocks in its prompt turned into the blocks that
 * agents take: clients that hold a tool's result or a user's attachment can pass it on as it is.
 */
export function withPlainBlocks(args: unknown): unknown {
  if (!isJsonObject(args) || !Array.isArray(args.prompt) || !args.prompt.some(isMcpBlock))
    return args
  const prompt = args.prompt.map((block, index) =>
    isMcpBlock(block) ? plainBlock(block, `prompt[${index}]`) : block,
  )
  return { ...args, prompt }
}

type McpBlock = JsonObject & { type: string }

function isMcpBlock(block: unknown): block is McpBlock {
  return isJsonObject(block) && typeof block.type === 'string'
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
        `${at} is of type ${JSON.stringify(block.type)}, which no agent can be sent.`,
        `Use text, image, audio, resource or resource_link, or blocks such as {"text": "…"}.`,
      )
  }
}

function embedded(resource: unknown, at: string): ContentBlock {
  if (!isJsonObject(resource))
    throw invalidRequest(`${at} must be an object.`, 'Give uri, and text or blob.')
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
      `${at} links to ${/^[\w+.-]+:/.exec(url)?.[0] ?? 'no address'}, which this server cannot read.`,
      'Read it yourself (resources/read) and send its content, as an embedded resource or as text.',
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
    `${at} is of the media type ${JSON.stringify(mimeType)}, which no agent can be sent.`,
    'Say in mimeType what it is: an image, audio, PDF, an office document or text; or send its text.',
  )
}

function mimeTypeOf({ mimeType }: JsonObject, uri: string): string {
  return typeof mimeType === 'string' ? mimeType : (mediaTypeOfName(nameOf(uri)) ?? '')
}

/** The last part of a URI's path. */
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
  return invalidRequest(`${at} must be text.`, `Mend ${at} and call again.`)
}
