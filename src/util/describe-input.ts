import { cutText } from './cut-text.js'
import { isJsonObject, type JsonValue } from './json.js'
import { visibleText } from './visible-text.js'

/** Limits one text, and all texts together: the more there are, the less of each is shown. */
const maxTextLength = 500
const minTextLength = 40
const maxLength = 20_000
const maxItems = 50

/**
 * Describes the arguments of a tool call for a person who has to approve it. Every key is shown. A long
 * text or list is cut by itself, followed by how much is hidden, so that no value can hide another.
 */
export function describeInput(input: JsonValue): string {
  const share = Math.floor(maxLength / Math.max(1, countValues(input)))
  const textLength = Math.min(maxTextLength, Math.max(minTextLength, share))
  return visibleText(describe(input, textLength, '\n'))
}

function describe(value: JsonValue | undefined, textLength: number, newline: string): string {
  const inner = `${newline} `
  if (typeof value === 'string') return describeText(value, textLength)
  if (Array.isArray(value)) {
    const items = value.slice(0, maxItems).map((item) => describe(item, textLength, inner))
    const more = value.length - items.length
    return block(
      '[]',
      [...items, ...(more > 0 ? [`(${more} more items are hidden)`] : [])],
      newline,
    )
  }
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(
      ([key, member]) => `${describeText(key, textLength)}: ${describe(member, textLength, inner)}`,
    )
    return block('{}', members, newline)
  }
  return JSON.stringify(value ?? null)
}

function describeText(text: string, textLength: number): string {
  const shown = cutText(text, textLength)
  const more = text.length - shown.length
  return `${JSON.stringify(shown)}${more > 0 ? ` (${more} more characters are hidden)` : ''}`
}

function block(brackets: '[]' | '{}', parts: readonly string[], newline: string): string {
  const [open, close] = brackets
  return parts.length === 0
    ? brackets
    : `${open}${newline} ${parts.join(`,${newline} `)}${newline}${close}`
}

function countValues(value: JsonValue | undefined): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, member) => sum + countValues(member), 0)
}
