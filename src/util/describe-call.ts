import { cutText } from './cut-text.js'
import { isJsonObject, type JsonValue } from './json.js'
import { visibleText } from './visible-text.js'

/**
 * Limits one text, and all texts together. More values in a call mean a shorter excerpt of each.
 */
const maxTextLength = 500
const minTextLength = 40
const maxLength = 20_000
const maxItems = 50
const maxLineLength = 80

/**
 * Describes a tool call for a person who has to approve it. Every argument key is shown. A long
 * text or list is cut separately, followed by the amount that is hidden, so that no value can hide
 * another.
 */
export function describeCall(toolName: string, input: JsonValue): string {
  const share = Math.floor(maxLength / Math.max(1, countValues(input)))
  const textLength = Math.min(maxTextLength, Math.max(minTextLength, share))
  const line = describe(input, textLength, undefined)
  const text = line.length > maxLineLength ? describe(input, textLength, '\n') : line
  return `${visibleText(toolName)} with ${text}`
}

/**
 * Formats one value. `newline` starts a line at the current depth; if it is `undefined`, everything
 * is on one line.
 */
function describe(
  value: JsonValue | undefined,
  textLength: number,
  newline: string | undefined,
): string {
  const inner = newline && `${newline} `
  if (typeof value === 'string') return describeText(value, textLength)
  if (Array.isArray(value)) {
    const items = value.slice(0, maxItems).map((item) => describe(item, textLength, inner))
    const more = value.length - items.length
    return `[${joined([...items, ...(more > 0 ? [`(${more} more items hidden)`] : [])], newline)}]`
  }
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(
      ([key, member]) => `${describeText(key, textLength)}: ${describe(member, textLength, inner)}`,
    )
    return `{${joined(members, newline)}}`
  }
  return JSON.stringify(value ?? null)
}

function describeText(text: string, textLength: number): string {
  const shown = cutText(text, textLength)
  const more = text.length - shown.length
  const quoted = visibleText(JSON.stringify(shown))
  return more > 0 ? `${quoted} (${more} more characters hidden)` : quoted
}

function joined(parts: readonly string[], newline: string | undefined): string {
  if (newline === undefined || parts.length === 0) return parts.join(', ')
  return `${newline} ${parts.join(`,${newline} `)}${newline}`
}

function countValues(value: JsonValue | undefined): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, member) => sum + countValues(member), 0)
}
