import { createHash } from 'node:crypto'
import type { JsonObject, Wire } from './types.js'

type Block = { key: string; tokens: number; cacheControl: JsonObject | null; where: string }

/** What a prompt costs: `input` is what was neither read from the cache nor written to it. */
export type PromptAccount = {
  input: number
  read: number
  written5m: number
  written1h: number
}

const MAX_BREAKPOINTS = 4
/** A breakpoint finds an earlier entry at most this many blocks before it. */
const LOOKBACK_BLOCKS = 20

export function countTokens(text: string): number {
  return Math.ceil(text.length / 4)
}

/** The tokens of a Messages request, wherever they come from. */
export function promptTokens(body: JsonObject): number {
  return promptBlocks('anthropic', body).reduce((sum, { tokens }) => sum + tokens, 0)
}

/** Prompt caching as Anthropic does it, over tools, then system, then messages. */
export class PromptCache {
  readonly #minTokens: number
  readonly #entries = new Set<string>()

  constructor(minTokens: number) {
    this.#minTokens = minTokens
  }

  clear(): void {
    this.#entries.clear()
  }

  /** Reads and writes the cache for one answered request. */
  account(wire: Wire, body: JsonObject): PromptAccount {
    const prefixes = this.#prefixes(body.model, promptBlocks(wire, body))
    const usable = prefixes.filter((p) => p.cacheControl !== null && p.total >= this.#minTokens)
    const isNear = (index: number) =>
      usable.some((p) => p.index >= index && p.index - index < LOOKBACK_BLOCKS)
    const hits = prefixes.filter((p) => this.#entries.has(p.digest) && isNear(p.index))
    const read = Math.max(0, ...hits.map((p) => p.total))

    const account = { input: 0, read, written5m: 0, written1h: 0 }
    let covered = read
    for (const prefix of usable) {
      this.#entries.add(prefix.digest)
      const added = Math.max(0, prefix.total - covered)
      if (prefix.cacheControl?.ttl === '1h') account.written1h += added
      else account.written5m += added
      covered += added
    }
    account.input = (prefixes.at(-1)?.total ?? 0) - covered
    return account
  }

  #prefixes(model: unknown, blocks: Block[]) {
    const hash = createHash('sha256').update(String(model))
    let total = 0
    return blocks.map((block, index) => {
      hash.update(`\0${block.key}`)
      total += block.tokens
      const digest = hash.copy().digest('base64')
      return { index, total, digest, cacheControl: block.cacheControl }
    })
  }
}

/** The provider's complaint about the request's cache breakpoints, or null. */
export function cacheControlProblem(wire: Wire, body: JsonObject): string | null {
  const marked = promptBlocks(wire, body).filter((block) => block.cacheControl !== null)
  if (marked.length > MAX_BREAKPOINTS) {
    return `A maximum of ${MAX_BREAKPOINTS} blocks with cache_control may be provided. Found ${marked.length}.`
  }
  const empty = marked.find((block) => block.tokens === 0)
  if (empty) return `${empty.where}: cache_control cannot be set for empty text blocks`

  const firstShort = marked.findIndex((block) => block.cacheControl?.ttl !== '1h')
  const lateLong = marked.find(
    (b, i) => firstShort !== -1 && i > firstShort && b.cacheControl?.ttl === '1h',
  )
  if (lateLong) {
    return (
      `${lateLong.where}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ` +
      "ttl='5m' cache_control block. Note that blocks are processed in the following order: " +
      '`tools`, `system`, `messages`.'
    )
  }
  return null
}

function promptBlocks(wire: Wire, body: JsonObject): Block[] {
  const messages: JsonObject[] = body.messages ?? []
  const tools = (body.tools ?? []).map((tool: JsonObject, i: number) =>
    toBlock('tools', tool, `tools.${i}`, tool.function?.cache_control),
  )
  if (wire === 'anthropic') {
    const system = contentBlocks('system', body.system, 'system')
    return [...tools, ...system, ...messages.flatMap((m, i) => messageBlocks(m, `messages.${i}`))]
  }
  const blocks = messages.map((m, i) => ({
    isSystem: m.role === 'system' || m.role === 'developer',
    blocks: messageBlocks(m, `messages.${i}`),
  }))
  const system = blocks.filter((m) => m.isSystem)
  const rest = blocks.filter((m) => !m.isSystem)
  return [...tools, ...[...system, ...rest].flatMap((m) => m.blocks)]
}

function messageBlocks(message: JsonObject, where: string): Block[] {
  const content = contentBlocks(message.role, message.content, `${where}.content`)
  const calls = (message.tool_calls ?? []).map((call: JsonObject, i: number) =>
    toBlock(message.role, call, `${where}.tool_calls.${i}`),
  )
  const blocks = [...content, ...calls]
  const last = blocks.at(-1)
  // LiteLLM's own form for a message whose content is a plain string.
  if (last && message.cache_control) last.cacheControl = message.cache_control
  return blocks
}

function contentBlocks(role: string, content: unknown, where: string): Block[] {
  if (typeof content === 'string') return [toBlock(role, { type: 'text', text: content }, where)]
  if (!Array.isArray(content)) return []
  return content.map((block, i) => toBlock(role, block, `${where}.${i}`))
}

function toBlock(role: string, block: JsonObject, where: string, marker?: JsonObject): Block {
  const { cache_control, ...rest } = block
  const text = rest.type === 'text' ? String(rest.text) : canonicalJson(rest)
  const cacheControl = cache_control ?? marker ?? null
  return { key: `${role}\0${text}`, tokens: countTokens(text), cacheControl, where }
}

/** JSON with sorted keys and without cache marks, so that moving a mark does not change a prefix. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (key, inner) => {
    if (key === 'cache_control') return undefined
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
