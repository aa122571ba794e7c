import { createHash } from 'node:crypto'
import { isJsonObject, type JsonValue } from '../../util/json.js'

import type { ChatRequest } from './chat.js'

/** Holds the token counts of one prompt. `total` includes the other two. */
export interface PromptTokens {
  total: number
  read: number
  written: number
}

/** Describes the part of a prompt up to a `cache_control` block. */
interface Prefix {
  key: string
  tokens: number
  ttlMs: number
}

const minTokens = 1024
const maxPrefixes = 500
const minute = 60_000

/** Estimates tokens as four characters each. */
export const tokensOf = (chars: number): number => Math.ceil(chars / 4)

/** Simulates Claude's prompt cache. A marked prefix is written once and read until it expires. */
export class PromptCache {
  private readonly expiries = new Map<string, number>()

  use(request: ChatRequest, now = Date.now()): PromptTokens {
    const { prefixes, total } = measure(request)
    const cacheable = prefixes.filter(({ tokens }) => tokens >= minTokens)
    const known = cacheable.findLast(({ key }) => (this.expiries.get(key) ?? 0) > now)
    for (const { key, ttlMs } of cacheable) this.expiries.set(key, now + ttlMs)
    for (const key of this.expiries.keys()) {
      if (this.expiries.size <= maxPrefixes) break
      this.expiries.delete(key)
    }
    const read = known?.tokens ?? 0
    return { total, read, written: (cacheable.at(-1)?.tokens ?? 0) - read }
  }
}

/**
 * Measures the prefixes of a request. Tools are first and then the messages, in the order in which
 * providers cache.
 */
function measure({ tools, messages }: ChatRequest): { prefixes: Prefix[]; total: number } {
  const hash = createHash('sha256')
  const prefixes: Prefix[] = []
  let chars = 0
  const add = (part: JsonValue) => {
    const { cache_control: mark, ...rest } = isJsonObject(part) ? part : { text: part }
    const text = typeof rest.text === 'string' ? rest.text : JSON.stringify(rest)
    hash.update(JSON.stringify(text))
    chars += text.length
    if (!isJsonObject(mark)) return
    const ttlMs = mark.ttl === '1h' ? 60 * minute : 5 * minute
    prefixes.push({ key: hash.copy().digest('hex'), tokens: tokensOf(chars), ttlMs })
  }
  for (const { name, description, parameters } of tools) add({ name, description, parameters })
  for (const { role, content, tool_calls: calls } of messages) {
    hash.update(String(role))
    for (const part of Array.isArray(content) ? content : [content ?? '']) add(part)
    if (Array.isArray(calls)) calls.forEach(add)
  }
  return { prefixes, total: tokensOf(chars) }
}
