import type { JsonValue } from '../../../util/json.js'
import type { Traits } from '../../routes/route.js'
import type { ChatMessage, Part } from './messages.js'

/** The text of a turn that stands where a provider requires one. */
const acknowledged = 'OK.'

/** Returns the messages in an order and with the fields that the provider accepts. */
export function acceptedTurns(messages: ChatMessage[], traits: Traits): ChatMessage[] {
  const { alternatingRoles, assistantAfterTools, contentRequired } = traits
  let accepted = messages
  if (assistantAfterTools) accepted = accepted.flatMap(acknowledgedTools)
  if (alternatingRoles) accepted = alternating(accepted)
  if (contentRequired) accepted = accepted.map(withContent)
  return accepted
}

/** Adds a turn of the model between the results of tools and a user's turn. */
function acknowledgedTools(
  message: ChatMessage,
  index: number,
  messages: readonly ChatMessage[],
): ChatMessage[] {
  const isAfterTool = message.role === 'user' && messages[index - 1]?.role === 'tool'
  return isAfterTool ? [{ role: 'assistant', content: acknowledged }, message] : [message]
}

/** Joins adjacent messages of one role. A conversation begins with a user's turn. */
function alternating(messages: readonly ChatMessage[]): ChatMessage[] {
  const joined: ChatMessage[] = []
  for (const message of messages) {
    const last = joined.at(-1)
    const isFirst = joined.every(({ role }) => role === 'system')
    if (message.role === 'assistant' && isFirst)
      joined.push({ role: 'user', content: acknowledged })
    if (last && canJoin(last, message))
      joined[joined.length - 1] = {
        ...last,
        ...message,
        content: joinedContent(last.content, message.content),
      }
    else joined.push(message)
  }
  return joined
}

function canJoin(one: ChatMessage, other: ChatMessage): boolean {
  if (one.role !== other.role || one.role === 'tool') return false
  return one.content !== undefined && other.content !== undefined && !one.tool_calls
}

function joinedContent(one: JsonValue | undefined, other: JsonValue | undefined): JsonValue {
  if (typeof one === 'string' && typeof other === 'string') return `${one}\n\n${other}`
  return [...partsOf(one), ...partsOf(other)]
}

function partsOf(content: JsonValue | undefined): Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return Array.isArray(content) ? (content as Part[]) : []
}

function withContent(message: ChatMessage): ChatMessage {
  return message.content === undefined ? { ...message, content: '' } : message
}
