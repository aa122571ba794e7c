import { invalidRequest } from '../../../agent/errors.js'
import type {
  ContentBlock,
  DocumentBlock,
  ImageBlock,
  Message,
  ReasoningBlock,
  ToolResultBlock,
  ToolUseBlock,
} from '../../../agent/messages/content.js'
import type { ModelRequest } from '../../../agent/model.js'
import type { JsonObject } from '../../../util/json.js'
import { documentPart, mediaUrl } from '../openai-chat/media.js'
import { imageNotice, spacedJson } from '../openai-chat/values.js'
import { madeImageText, sentToolName } from '../sent-values.js'

export type Item = JsonObject & { type: string }

/** Returns the system prompt as one item of the input; `undefined` if it has no text. */
export function systemItem({ system }: ModelRequest): Item | undefined {
  const parts = system.flatMap((block) =>
    'text' in block ? [{ type: 'input_text', text: block.text }] : [],
  )
  return parts.length > 0 ? { type: 'message', role: 'system', content: parts } : undefined
}

/** Returns a message as items of the input. `origin` names the provider that reads the request. */
export function inputItems({ role, content }: Message, origin: string): Item[] {
  return role === 'assistant' ? assistantItems(content, origin) : userItems(content)
}

/** Keeps the order of the blocks, because a reasoning item belongs to the item after it. */
function assistantItems(content: readonly ContentBlock[], origin: string): Item[] {
  const items: Item[] = []
  for (const block of content) {
    if ('text' in block) {
      if (block.text.trim() !== '') addText(items, block.text)
    } else if ('toolUse' in block) items.push(functionCall(block.toolUse))
    else if ('image' in block) addText(items, madeImageText)
    else if ('reasoningContent' in block)
      items.push(...reasoningItem(block.reasoningContent, origin))
  }
  // The API refuses a reasoning item without the item that it led to.
  while (items.at(-1)?.type === 'reasoning') items.pop()
  if (items.length === 0) addText(items, '[blank text]')
  return items
}

function addText(items: Item[], text: string): void {
  const last = items.at(-1)
  const part = { type: 'output_text', text }
  if (last?.type === 'message') (last.content as JsonObject[]).push(part)
  else items.push({ type: 'message', role: 'assistant', content: [part] })
}

function functionCall({ toolUseId, name, input, rawInput }: ToolUseBlock['toolUse']): Item {
  return {
    type: 'function_call',
    call_id: toolUseId,
    name: sentToolName(name),
    arguments: rawInput ?? spacedJson(input),
  }
}

/** Reasoning that another provider made, or encrypted, cannot be read here and is left out. */
function reasoningItem(
  { reasoningText, encrypted }: ReasoningBlock['reasoningContent'],
  origin: string,
): Item[] {
  if (encrypted?.origin !== origin) return []
  const { id, content } = encrypted
  const summary = reasoningText ? [{ type: 'summary_text', text: reasoningText.text }] : []
  return [{ type: 'reasoning', id, summary, encrypted_content: content }]
}

function userItems(content: readonly ContentBlock[]): Item[] {
  const outputs: Item[] = []
  const shown: Item[] = []
  const parts: Item[] = []
  for (const block of content) {
    if ('toolResult' in block) outputs.push(callOutput(block.toolResult, shown))
    else if (!('cachePoint' in block)) parts.push(userPart(block))
  }
  return [...outputs, ...userMessage(shown), ...userMessage(parts)]
}

function userMessage(content: Item[]): Item[] {
  return content.length > 0 ? [{ type: 'message', role: 'user', content }] : []
}

function userPart(block: ContentBlock): Item {
  if ('text' in block) return { type: 'input_text', text: block.text }
  if ('image' in block) return inputImage(block.image)
  if ('document' in block) return inputFile(block.document)
  if ('audio' in block)
    throw invalidRequest(
      'The Responses API does not accept audio.',
      'Transcribe it first, or set the model to one that accepts audio over chat completions.',
    )
  throw new TypeError(`A ${Object.keys(block)[0]} block cannot be part of a user message.`)
}

/** Returns a tool's result. Its images go to a user message after all results (`shown`). */
function callOutput({ toolUseId, content }: ToolResultBlock['toolResult'], shown: Item[]): Item {
  const output: Item[] = []
  let images = 0
  const addLine = (text: string) => {
    const last = output.at(-1)
    if (last?.type === 'input_text') last.text = `${last.text}\n${text}`
    else output.push({ type: 'input_text', text })
  }
  for (const item of content) {
    if ('text' in item) addLine(item.text)
    else if ('json' in item) addLine(spacedJson(item.json))
    else if ('document' in item) output.push(inputFile(item.document))
    else images = shown.push(inputImage(item.image))
  }
  if (images > 0) output.push({ type: 'input_text', text: imageNotice })
  // A result without content is an empty text, which chat completions send too.
  if (output.length === 0) addLine('')
  return { type: 'function_call_output', call_id: toolUseId, output }
}

function inputImage({ format, source }: ImageBlock['image']): Item {
  return { type: 'input_image', image_url: mediaUrl(`image/${format}`, source), detail: 'auto' }
}

function inputFile(document: DocumentBlock['document']): Item {
  const { source } = document
  if ('url' in source) return { type: 'input_file', file_url: source.url }
  const { file } = documentPart(document)
  return { type: 'input_file', ...(file as JsonObject) }
}
