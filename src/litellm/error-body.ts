import { isJsonObject, type JsonObject } from '../util/json.js'

/** What an error body says, whatever its form. */
export interface ErrorBody {
  /** The provider's own words; `undefined` if the body has none. */
  message?: string
  /** The types, codes and status names in the body, separated by spaces. */
  types: string
  /** An HTTP status that the body names. */
  status?: number
  /** How long to wait before a retry, if the body says so. */
  retryAfterMs?: number
}

/** The body of an error is not read beyond this. */
const maxChars = 100_000
const maxDepth = 8
/** The members that hold the reason, the most specific first. */
const reasons = [
  'error',
  'errors',
  'message',
  'msg',
  'detail',
  'details',
  'error_message',
  'errorMessage',
  'error_description',
  'error_msg',
  'Message',
  'description',
  'reason',
  'title',
  'fault',
  'faultstring',
  'data',
] as const

/**
 * Reads an error body: an object, a list, JSON inside text, HTML, or plain text. Providers put the
 * reason under many names, and gateways put the body of the provider into theirs.
 */
export function readErrorBody(body: unknown): ErrorBody {
  const value = typeof body === 'string' ? parsed(body.slice(0, maxChars)) : body
  const types = new Set<string>()
  const found: { status?: number; delayMs?: number } = {}
  collect(value, types, found, 0)
  const message = messageOf(value, 0)
  const delayMs = found.delayMs ?? (message === undefined ? undefined : delayIn(message))
  return {
    types: [...types].join(' '),
    ...(message !== undefined && { message }),
    ...(found.status !== undefined && { status: found.status }),
    ...(delayMs !== undefined && { retryAfterMs: delayMs }),
  }
}

/** Returns whether a body with a success status is an error, such as `{ code: 500, msg, success: false }`. */
export function isErrorBody(body: JsonObject): boolean {
  if (body.error || body.object === 'error' || body.type === 'error') return true
  if (body.success === false) return true
  if (body.choices !== undefined || body.output !== undefined || body.content !== undefined)
    return false
  const status = numericStatus(body.code ?? body.status)
  const hasReason =
    body.msg !== undefined || body.message !== undefined || body.detail !== undefined
  return hasReason && (status !== undefined || typeof body.code === 'string')
}

function parsed(text: string): unknown {
  const trimmed = text.trim()
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) {
    try {
      return JSON.parse(trimmed)
    } catch {
      return trimmed
    }
  }
  return /^<(!doctype|html|head|body|\?xml)/i.test(trimmed) ? markupText(trimmed) : trimmed
}

/** Returns the title of a page or the message of an XML document, without tags. */
function markupText(text: string): string {
  for (const tag of ['title', 'Message', 'h1', 'message']) {
    const start = text.indexOf(`<${tag}>`)
    const end = start === -1 ? -1 : text.indexOf(`</${tag}>`, start)
    if (end !== -1) return text.slice(start + tag.length + 2, end).trim()
  }
  return ''
}

/** Returns the reason of a value. A reason that is itself JSON is read in turn. */
function messageOf(value: unknown, depth: number): string | undefined {
  if (depth > maxDepth) return undefined
  if (typeof value === 'string') return textMessage(value, depth)
  if (Array.isArray(value)) return listMessage(value, depth)
  if (!isJsonObject(value)) return undefined
  const inner = innermost(value, depth)
  if (inner !== undefined) return inner
  for (const name of reasons) {
    const found = messageOf(value[name], depth + 1)
    if (found !== undefined) return placed(value, found)
  }
  return undefined
}

function textMessage(value: string, depth: number): string | undefined {
  const content = parsed(value)
  if (typeof content !== 'string') return messageOf(content, depth + 1) ?? value
  return content.trim() === '' ? undefined : content.trim()
}

function listMessage(values: readonly unknown[], depth: number): string | undefined {
  const messages = values.slice(0, 3).flatMap((item) => messageOf(item, depth + 1) ?? [])
  return messages.length > 0 ? [...new Set(messages)].join('; ') : undefined
}

/** A router's own message says only that the provider failed; `metadata.raw` has the provider's. */
function innermost({ metadata, message }: JsonObject, depth: number): string | undefined {
  if (!isJsonObject(metadata)) return undefined
  const raw = messageOf(metadata.raw, depth + 1)
  if (raw === undefined) return undefined
  return typeof message === 'string' && message !== '' && !raw.includes(message)
    ? `${message}: ${raw}`
    : raw
}

/** Adds the place that a validation error names, such as `body.stream_options`. */
function placed({ loc }: JsonObject, message: string): string {
  return Array.isArray(loc) && loc.length > 0 ? `${loc.join('.')}: ${message}` : message
}

function collect(
  value: unknown,
  types: Set<string>,
  found: { status?: number; delayMs?: number },
  depth: number,
): void {
  if (depth > maxDepth || typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value.slice(0, 20)) collect(item, types, found, depth + 1)
    return
  }
  const object = value as JsonObject
  for (const name of ['type', 'code', 'status', 'reason', 'error_type'] as const) {
    const member = object[name]
    if (typeof member === 'string' && member.length <= 200) types.add(member)
    const status = numericStatus(member)
    if (status !== undefined) found.status ??= status
  }
  if (typeof object.retryDelay === 'string') {
    const delayMs = seconds(object.retryDelay)
    if (delayMs !== undefined) found.delayMs ??= delayMs
  }
  for (const name of ['error', 'errors', 'details', 'detail', 'metadata', 'message', 'raw'])
    collect(jsonMember(object[name]), types, found, depth + 1)
}

function jsonMember(value: unknown): unknown {
  return typeof value === 'string' && /^\s*[{[]/.test(value) ? parsed(value) : value
}

/** Reads Google's durations, such as `3.5s`. */
function seconds(text: string): number | undefined {
  const [, amount] = /^(\d{1,7}(?:\.\d{1,9})?)s$/.exec(text) ?? []
  return amount === undefined ? undefined : Number(amount) * 1000
}

const wait =
  /(?:retry|try again|wait|available again)(?: \w+)? (?:in|after|for) (?:about )?((?:\d{1,6}(?:\.\d{1,9})?\s?(?:ms|milliseconds?|h|hours?|m|min|minutes?|s|sec|seconds?)\b\s?){1,3})/i
const part = /(\d{1,6}(?:\.\d{1,9})?)\s?(ms|mil|h|m|s)/gi
const unitMs: Readonly<Record<string, number>> = { ms: 1, mil: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Reads the delay in words such as "Please retry in 1.2s" and "try again in 1m2.5s". */
function delayIn(message: string): number | undefined {
  const text = wait.exec(message.slice(0, 10_000).replace(/(\d)(m|h)(?=\d)/g, '$1$2 '))?.[1]
  if (text === undefined) return undefined
  let ms = 0
  for (const [, amount, unit = 's'] of text.matchAll(part))
    ms += Number(amount) * (unitMs[unit.toLowerCase()] ?? 0)
  return ms
}

function numericStatus(code: unknown): number | undefined {
  const status =
    typeof code === 'number' ? code : typeof code === 'string' ? Number(code) : Number.NaN
  return Number.isInteger(status) && status >= 400 && status < 600 ? status : undefined
}
