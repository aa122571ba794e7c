import type { ContentBlock, ImageBlock } from '../../../agent/messages/content.js'
import { mediaBlock } from '../../../agent/messages/media.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'
import { AnsweredCalls } from '../tool-arguments.js'

/** An output item, as far as its events have come. */
export interface OutputItem {
  /** `undefined` until an event names it. */
  type: string | undefined
  id: string | undefined
  index: number | undefined
  /** By part: its place and kind, as `text 0`, `refusal 1` or `summary 0`. */
  parts: Map<string, string>
  arguments: string
  /** The item's other members, from the last event that held the item. */
  fields: JsonObject
  /** Whether an event said that the item is complete. */
  done: boolean
}

/** Returns the blocks of an answer, in the order of its items. */
export function blocksOf(items: readonly OutputItem[], origin: string): ContentBlock[] {
  const blocks: ContentBlock[] = []
  const calls = new AnsweredCalls()
  for (const [place, item] of items.entries()) {
    // Without the item that it led to, reasoning is refused: nothing but text and calls goes back.
    const goesBack = items.slice(place + 1).find(({ type }) => type !== 'reasoning')
    if (item.type === 'message') blocks.push(...textBlocks(item))
    else if (item.type === 'reasoning')
      blocks.push(...reasoningBlocks(item, goesBack && isSentBack(goesBack) ? origin : undefined))
    else if (isCall(item)) blocks.push(...toolUses(item, calls))
    else if (item.type === 'image_generation_call') blocks.push(...madeImages(item))
  }
  return blocks
}

export function isCall({ type }: Pick<OutputItem, 'type'>): boolean {
  return type === 'function_call' || type === 'custom_tool_call'
}

export function textOf(item: OutputItem): string {
  return partTexts(item).join('')
}

function partTexts({ parts }: OutputItem): string[] {
  const place = (key: string) => Number(key.slice(key.indexOf(' ')))
  return [...parts].sort(([a], [b]) => place(a) - place(b)).map(([, text]) => text)
}

function isSentBack(item: OutputItem): boolean {
  return isCall(item) || (item.type === 'message' && textOf(item).trim() !== '')
}

function textBlocks(item: OutputItem): ContentBlock[] {
  const text = textOf(item)
  return text === '' ? [] : [{ text }]
}

function reasoningBlocks(item: OutputItem, origin: string | undefined): ContentBlock[] {
  const text = partTexts(item)
    .filter((part) => part !== '')
    .join('\n\n')
  const { encrypted_content: content } = item.fields
  const encrypted =
    origin !== undefined && item.id !== undefined && typeof content === 'string' && content !== ''
      ? { id: item.id, content, origin }
      : undefined
  if (text === '' && !encrypted) return []
  return [
    {
      reasoningContent: {
        ...(text !== '' && { reasoningText: { text } }),
        ...(encrypted && { encrypted }),
      },
    },
  ]
}

function toolUses(item: OutputItem, calls: AnsweredCalls): ContentBlock[] {
  const { name } = item.fields
  return calls.blocks({
    id: callId(item),
    name: typeof name === 'string' ? name : '',
    pieces: [item.arguments],
  })
}

/** Bedrock numbers the calls of each response from `call_0`, so only the id of the item is unique. */
function callId({ id, fields }: OutputItem): string | undefined {
  const { call_id } = fields
  if (typeof call_id !== 'string' || call_id === '') return id
  return /^call_\d+$/.test(call_id) ? (id ?? call_id) : call_id
}

function madeImages({ fields }: OutputItem): ImageBlock[] {
  const { result, output_format } = fields
  if (typeof result !== 'string' || result === '') return []
  const type = `image/${typeof output_format === 'string' ? output_format : 'png'}`
  const block = mediaBlock(type, { bytes: result }, 'image')
  return block && 'image' in block ? [block] : []
}

/** Returns the parts of an item's `content` and `summary`, as `OutputItem` keeps them. */
export function partsOf({ content, summary }: JsonObject): [string, string][] {
  const text = partsIn(content).flatMap(([at, part]): [string, string][] => {
    if (typeof part.refusal === 'string') return [[`refusal ${at}`, part.refusal]]
    return typeof part.text === 'string' ? [[`text ${at}`, part.text]] : []
  })
  const summaries = partsIn(summary).flatMap(([at, part]): [string, string][] =>
    typeof part.text === 'string' ? [[`summary ${at}`, part.text]] : [],
  )
  return [...summaries, ...text]
}

function partsIn(value: JsonValue | undefined): [number, JsonObject][] {
  return Array.isArray(value)
    ? value.flatMap((part, at): [number, JsonObject][] => (isJsonObject(part) ? [[at, part]] : []))
    : []
}
