import type { CallToolResult } from '@modelcontextprotocol/client'
import type { ToolResultContent } from '../../agent/messages/content.js'
import { mediaBlock, plainMediaType } from '../../agent/messages/media.js'
import { ToolFailure, type ToolOutput } from '../../agent/tools/tool.js'
import { cutText } from '../../util/cut-text.js'
import type { JsonValue } from '../../util/json.js'
import { wellFormed } from '../../util/well-formed.js'

type McpBlock = CallToolResult['content'][number]

export interface ResultOptions {
  /** Longer results are cut. */
  maxChars: number
  /** Stores the whole text of a cut result, and returns its URI. */
  keepWhole?: ((text: string, mimeType: string) => string | undefined) | undefined
}

/** Returns the result of a server as the output of a tool. Fails with a ToolFailure for `isError`. */
export function toolOutput(result: CallToolResult, options: ResultOptions): ToolOutput {
  const { content, structuredContent, isError } = wellFormed(result)
  const blocks = content.map(resultBlock)
  const told = content.some(({ type }) => type === 'text')
  // Structured content repeats the text of the result.
  if (structuredContent !== undefined && !told)
    blocks.unshift({ json: structuredContent as JsonValue })
  const cut = withinChars(blocks, options)
  if (!isError) return cut.length > 0 ? cut : undefined
  const message = cut.map(textOf).filter(Boolean).join('\n')
  throw new ToolFailure(message || 'Error: the tool failed without a message.')
}

function resultBlock(block: McpBlock): ToolResultContent {
  switch (block.type) {
    case 'text':
      return { text: block.text }
    case 'image':
      return media(block.mimeType, block.data, 'An image')
    case 'audio':
      return media(block.mimeType, block.data, 'A recording')
    case 'resource_link': {
      const { uri, name, description, mimeType } = block
      const about = [name, description, mimeType].filter(Boolean).join(', ')
      return { text: `[Link to a resource: ${uri} (${about})]` }
    }
    case 'resource': {
      const { resource } = block
      if ('text' in resource) return { text: `[${resource.uri}]\n${resource.text}` }
      return media(resource.mimeType, resource.blob, `The resource ${resource.uri}`)
    }
  }
}

/** Returns a block for base64 data, or a note if no block of a tool result can contain it. */
function media(mimeType: string | undefined, data: string, what: string): ToolResultContent {
  const type = plainMediaType(mimeType ?? 'application/octet-stream')
  if (type.startsWith('text/') || type === 'application/json')
    return { text: Buffer.from(data, 'base64').toString('utf8') }
  const block = mediaBlock(type, { bytes: data }, 'document')
  if (block && !('audio' in block)) return block
  const bytes = Buffer.byteLength(data, 'base64')
  return { text: `[${what} of type ${type}, ${bytes} bytes, is not shown.]` }
}

/** Returns the blocks with their text cut to the limit, and a note on what is missing. */
function withinChars(
  blocks: readonly ToolResultContent[],
  { maxChars, keepWhole }: ResultOptions,
): ToolResultContent[] {
  const texts = blocks.map(textOf)
  const total = texts.reduce((sum, text) => sum + text.length, 0)
  if (total <= maxChars) return [...blocks]
  let left = maxChars
  const kept = blocks.flatMap((block, index): ToolResultContent[] => {
    const text = texts[index] ?? ''
    const part = cutText(text, left)
    left = Math.max(0, left - text.length)
    if (part === text) return [block]
    return part === '' ? [] : [{ text: part }]
  })
  const json = blocks.every((block) => 'json' in block)
  const whole = keepWhole?.(
    texts.filter(Boolean).join('\n'),
    json ? 'application/json' : 'text/plain',
  )
  const where = whole === undefined ? '' : ` People can read the whole result at ${whole}.`
  const note = `[Cut: this is the start of a result of ${total} characters.${where} Ask for less, or for another part.]`
  return [...kept, { text: note }]
}

function textOf(block: ToolResultContent): string {
  if ('text' in block) return block.text
  return 'json' in block ? JSON.stringify(block.json) : ''
}
