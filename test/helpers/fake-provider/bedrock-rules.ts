import type { JsonObject } from './types.js'

/** What Converse itself refuses before any model sees it, in its own words, or null. */
export function converseProblem({
  messages = [],
  system = [],
  toolConfig,
}: JsonObject): string | null {
  const checks = [turns, blankText, toolPairs, documents, jsonResults]
  for (const check of checks) {
    const problem = check(messages)
    if (problem) return problem
  }
  if (system.some(({ text }: JsonObject) => text !== undefined && text.trim() === ''))
    return 'The text field in the SystemContentBlock object is blank. Add text to the text field, and try again.'
  const usesTools = contentOf(messages).some(({ block }) => block.toolUse || block.toolResult)
  if (usesTools && !toolConfig)
    return 'The toolConfig field must be defined when using toolUse and toolResult content blocks.'
  return null
}

function contentOf(messages: JsonObject[]): { block: JsonObject; at: string }[] {
  return messages.flatMap(({ content }, index) =>
    content.map((block: JsonObject, position: number) => ({
      block,
      at: `messages.${index}.content.${position}`,
    })),
  )
}

function turns(messages: JsonObject[]): string | null {
  if (messages[0]?.role !== 'user')
    return 'A conversation must start with a user message. Try again with a conversation that starts with a user message.'
  if (messages.some(({ role }, index) => role === messages[index - 1]?.role))
    return 'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.'
  const empty = messages.findIndex(({ content }) => content.every((b: JsonObject) => b.cachePoint))
  if (empty === -1) return null
  return `The content field in the Message object at messages.${empty} is empty. Add a ContentBlock object to the content field and try again.`
}

function blankText(messages: JsonObject[]): string | null {
  const blank = contentOf(messages).find(
    ({ block: { text } }) => text !== undefined && text.trim() === '',
  )
  if (!blank) return null
  return `The text field in the ContentBlock object at ${blank.at} is blank. Add text to the text field, and try again.`
}

function toolPairs(messages: JsonObject[]): string | null {
  for (const [index, { content }] of messages.entries()) {
    const previous: JsonObject[] = messages[index - 1]?.content ?? []
    const asked = previous.flatMap(({ toolUse }) => (toolUse ? [toolUse.toolUseId] : []))
    const answered: string[] = content.flatMap(({ toolResult }: JsonObject) =>
      toolResult ? [toolResult.toolUseId] : [],
    )
    if (answered.length > asked.length)
      return `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`
    const missing = asked.filter((id) => !answered.includes(id))
    if (missing.length > 0)
      return `Expected toolResult blocks at messages.${index}.content for the following Ids: ${missing.join(', ')}`
  }
  return null
}

function documents(messages: JsonObject[]): string | null {
  const names = new Set<string>()
  for (const { content } of messages) {
    const inside = content.filter(({ document }: JsonObject) => document)
    if (inside.length > 0 && !content.some(({ text }: JsonObject) => text !== undefined))
      return 'A text block must be included when using documents.'
    for (const { document } of inside) {
      if (!/^[\p{L}\p{N}\s()[\]-]+$/u.test(document.name) || /\s\s/.test(document.name))
        return 'The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can’t contain more than one consecutive whitespace character.'
      if (names.has(document.name)) return 'Messages can not contain duplicate document names.'
      names.add(document.name)
    }
  }
  return null
}

function jsonResults(messages: JsonObject[]): string | null {
  for (const { block, at } of contentOf(messages))
    for (const [index, item] of (block.toolResult?.content ?? []).entries())
      if ('json' in item && (typeof item.json !== 'object' || Array.isArray(item.json)))
        return `The format of the value at ${at}.toolResult.content.${index}.json is invalid. Provide a json object for the field and try again.`
  return null
}
