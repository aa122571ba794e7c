import type {
  Message as ConverseMessage,
  ToolUseBlock as ConverseToolUse,
  ContentBlock as Part,
  ToolResultContentBlock as ResultPart,
} from '@aws-sdk/client-bedrock-runtime'
import type {
  ContentBlock,
  ReasoningBlock,
  ToolResultBlock,
  ToolResultContent,
  ToolUseBlock,
} from '../../../agent/messages/content.js'
import type { ModelRequest } from '../../../agent/model.js'
import { isJsonObject } from '../../../util/json.js'
import type { Route } from '../../routes/route.js'
import { isReadable } from '../reasoning-origin.js'
import { withSentIds } from '../sent-ids.js'
import { madeImageText, sentToolName } from '../sent-values.js'

import { type CacheBook, CachedList } from './cached-list.js'
import { audioBlock, DocumentNames, documentBlock, imageBlock } from './media.js'

interface Context {
  route: Route
  names: DocumentNames
}

type Role = 'user' | 'assistant'
type Turn = { role: Role; list: CachedList<Part> }

/**
 * Returns the conversation in the form that Converse requires. Turns alternate and a user turn is
 * first. Text is not blank, and every turn with a document also has text.
 */
export function converseMessages(
  messages: ModelRequest['messages'],
  route: Route,
  book: CacheBook,
): ConverseMessage[] {
  const context = { route, names: new DocumentNames() }
  const turns: Turn[] = []
  withSentIds(messages, 'word').forEach(({ role, content }, index) => {
    const last = turns.at(-1)
    const turn = last?.role === role ? last : { role, list: new CachedList<Part>(book) }
    content.forEach((block, position) => {
      if ('cachePoint' in block)
        turn.list.addPoint(block, `messages[${index}].content[${position}]`)
      else for (const part of parts(sayable(block, role), context)) turn.list.add(part, block)
    })
    const { blocks } = turn.list
    if (turn !== last && (blocks.length > 0 || role === 'assistant')) turns.push(turn)
  })
  const sent = turns.map(({ role, list }) => withText(role, list.blocks))
  return turns[0]?.role === 'assistant' ? [withText('user', []), ...sent] : sent
}

/**
 * Adds LiteLLM's placeholder text to a turn. Converse refuses an empty turn and a document without
 * text.
 */
function withText(role: Role, content: Part[]): ConverseMessage {
  const has = (kind: string) => content.some((part) => kind in part)
  const lone = has('document') && !has('text')
  if (!lone && ['text', 'toolUse', 'toolResult', 'image', 'document', 'audio'].some(has))
    return { role, content }
  const text = lone ? '.' : role === 'assistant' ? '[blank text]' : 'Please continue.'
  const at = content.findLastIndex((part) => !('cachePoint' in part)) + 1
  return { role, content: content.toSpliced(at, 0, { text }) }
}

/**
 * Replaces an image in an assistant turn by text, because assistant turns cannot contain images.
 */
function sayable(block: ContentBlock, role: Role): ContentBlock {
  return 'image' in block && role === 'assistant' ? { text: madeImageText } : block
}

function parts(block: ContentBlock, context: Context): Part[] {
  const { route, names } = context
  if ('text' in block) return block.text.trim() === '' ? [] : [{ text: block.text }]
  if ('image' in block) return [{ image: imageBlock(block.image) }]
  if ('document' in block) return [{ document: documentBlock(block.document, names) }]
  if ('audio' in block) return [{ audio: audioBlock(block.audio) }]
  if ('toolUse' in block) return [{ toolUse: toolUse(block.toolUse) }]
  if ('toolResult' in block) return [toolResult(block.toolResult, context)]
  if ('reasoningContent' in block) return reasoning(block.reasoningContent, route)
  throw new TypeError(`A ${Object.keys(block)[0]} block cannot be sent.`)
}

function toolUse({ toolUseId, name, input, rawInput }: ToolUseBlock['toolUse']): ConverseToolUse {
  // Only an object can be sent, so other values are wrapped in one.
  const sent = isJsonObject(input)
    ? input
    : { invalid_arguments: rawInput ?? JSON.stringify(input) }
  return {
    toolUseId: toolUseId,
    name: sentToolName(name),
    input: sent as ConverseToolUse['input'],
  }
}

function toolResult(
  { toolUseId, status, content }: ToolResultBlock['toolResult'],
  { route, names }: Context,
): Part {
  const sent = content.flatMap((item) => resultParts(item, names))
  return {
    toolResult: {
      toolUseId: toolUseId,
      content: sent.length > 0 ? sent : [{ text: '[no output]' }],
      // Other model families refuse the field.
      ...(status === 'error' && /anthropic\.|amazon\.nova/.test(route.model) && { status }),
    },
  }
}

function resultParts(item: ToolResultContent, names: DocumentNames): ResultPart[] {
  if ('text' in item) return item.text.trim() === '' ? [] : [{ text: item.text }]
  if ('image' in item) return [{ image: imageBlock(item.image) }]
  if ('document' in item) return [{ document: documentBlock(item.document, names) }]
  const { json } = item
  return isJsonObject(json) ? [{ json } as ResultPart.JsonMember] : [{ text: JSON.stringify(json) }]
}

/**
 * Returns signed thoughts. Claude refuses thoughts without a signature and those of other models,
 * and other models ignore them, so they are omitted.
 */
function reasoning(thought: ReasoningBlock['reasoningContent'], route: Route): Part[] {
  const { reasoningText, redactedContent } = thought
  if (route.traits.replayReasoning === 'never' || !isReadable(thought, route)) return []
  if (redactedContent !== undefined)
    return [{ reasoningContent: { redactedContent: Buffer.from(redactedContent, 'base64') } }]
  if (reasoningText?.signature === undefined) return []
  const { text, signature } = reasoningText
  return [{ reasoningContent: { reasoningText: { text, signature } } }]
}
