import type { ContentBlock, Message } from '../../agent/messages/content.js'

/** The ids of tool calls that providers accept, and how other ids are written. */
const forms = {
  /** Mistral, and servers with its tokenizer. */
  nine: { taken: /^[a-zA-Z0-9]{9}$/, prefix: '', length: 9 },
  /** OpenAI's chat completions. */
  forty: { taken: /^.{1,40}$/s, prefix: 'call_', length: 32 },
  /** Proxies and own servers, which may keep data of their own in an id. */
  any: { taken: /./s, prefix: 'call_', length: 32 },
  /** The Messages API, Converse and the Responses API. */
  word: { taken: /^[a-zA-Z0-9_-]{1,64}$/, prefix: 'tooluse_', length: 32 },
}

export type ToolIdForm = keyof typeof forms

/**
 * Returns a conversation whose tool calls have ids in the form that a provider accepts. A call and
 * its result get the same id. An id that an earlier call has already, as with servers that number
 * the calls of each answer from 0, becomes another one, because providers refuse repeated ids. A
 * conversation without such ids is returned unchanged.
 */
export function withSentIds(messages: readonly Message[], form: ToolIdForm): readonly Message[] {
  if (!needsChange(messages, forms[form].taken)) return messages
  const ids = new SentIds(form)
  return messages.map(({ role, content }) => ({
    role,
    content:
      role === 'assistant' ? content.map(ids.calls()) : content.flatMap(ids.results(content)),
  }))
}

function needsChange(messages: readonly Message[], taken: RegExp): boolean {
  const seen = new Set<string>()
  for (const { content } of messages)
    for (const block of content) {
      if ('toolResult' in block && !taken.test(block.toolResult.toolUseId)) return true
      if (!('toolUse' in block)) continue
      const { toolUseId } = block.toolUse
      if (seen.has(toolUseId) || !taken.test(toolUseId)) return true
      seen.add(toolUseId)
    }
  return false
}

class SentIds {
  private readonly used = new Set<string>()
  /** The ids of the last turn's calls without a result so far, by the ids that they had. */
  private open = new Map<string, string[]>()

  constructor(private readonly form: ToolIdForm) {}

  /** Returns what gives the calls of a turn their ids. */
  calls() {
    this.open = new Map()
    return (block: ContentBlock): ContentBlock => {
      if (!('toolUse' in block)) return block
      const { toolUseId: id } = block.toolUse
      const toolUseId = this.unused(id)
      this.open.set(id, [...(this.open.get(id) ?? []), toolUseId])
      return { toolUse: { ...block.toolUse, toolUseId } }
    }
  }

  /** Returns what gives results the ids of their calls. One result can answer several calls. */
  results(content: readonly ContentBlock[]) {
    const left = content.flatMap((block) =>
      'toolResult' in block ? [block.toolResult.toolUseId] : [],
    )
    return (block: ContentBlock): ContentBlock[] => {
      if (!('toolResult' in block)) return [block]
      const { toolUseId: id } = block.toolResult
      left.splice(left.indexOf(id), 1)
      const open = this.open.get(id) ?? []
      const ids = open.splice(0, left.includes(id) ? 1 : open.length)
      const sent = ids.length > 0 ? ids : [this.unused(id)]
      return sent.map((toolUseId) => ({ toolResult: { ...block.toolResult, toolUseId } }))
    }
  }

  private unused(id: string): string {
    const { taken, prefix, length } = forms[this.form]
    let sent = taken.test(id) ? id : prefix + hashOf(id).slice(0, length)
    for (let copy = 2; this.used.has(sent); copy++)
      sent = prefix + hashOf(`${id} ${copy}`).slice(0, length)
    this.used.add(sent)
    return sent
  }
}

function hashOf(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(text).digest('hex')
}
