import type { JsonObject } from '../helpers/fake-provider/index.js'

/** What the Messages API refuses of a conversation, or null. */
export function messagesProblem(messages: readonly JsonObject[]): string | null {
  for (const [index, { content, role }] of messages.entries()) {
    const at = `messages.${index}`
    const previous = messages[index - 1]
    if (role === previous?.role) return `${at}: the same role twice`
    const blocks: JsonObject[] = blocksOf(content)
    if (blocks.length === 0) return `${at}: no content`
    const blank = blocks.some(({ text, type }) => type === 'text' && text.trim() === '')
    if (blank) return `${at}: blank text`
    const asked = blocksOf(previous?.content).flatMap(({ id, type }) =>
      type === 'tool_use' ? [id] : [],
    )
    const answered = blocks.flatMap(({ tool_use_id, type }) =>
      type === 'tool_result' ? [tool_use_id] : [],
    )
    if (String([...new Set(asked)].sort()) !== String([...new Set(answered)].sort()))
      return `${at}: tool uses without results`
    const first = blocks.findIndex(({ type }) => type !== 'tool_result')
    if (first !== -1 && first < answered.length) return `${at}: results after other content`
    if (blocks.some(({ id, type }) => type === 'tool_use' && !/^[\w-]+$/.test(id)))
      return `${at}: an id of other characters`
    if (blocks.some(({ name, type }) => type === 'tool_use' && !/^[\w-]{1,128}$/.test(name)))
      return `${at}: an impossible tool name`
  }
  return null
}

function blocksOf(content: unknown): JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return Array.isArray(content) ? content : []
}
