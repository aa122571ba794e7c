import type { AgentError } from '../../../agent/errors.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'

const unknownHere = /encrypted.?content.{0,20}not supported/i
const unreadable =
  /encrypted.?content.*(could not be|cannot be|not issued|invalid)|invalid_encrypted_content|without its required following item/is

/**
 * Returns the request without the encrypted reasoning that the provider refused: a model has none, or
 * another account or region made it. `undefined` if the refusal is about something else.
 */
export function withoutRefused(
  { include, input, ...body }: JsonObject,
  { status, message }: Pick<AgentError, 'status' | 'message'>,
): { body: JsonObject; notice: string } | undefined {
  if (status !== 400 && status !== 404) return undefined
  const items = listOf(input)
  const kept = items.filter((item) => !isJsonObject(item) || item.type !== 'reasoning')
  if (unknownHere.test(message) && include !== undefined) {
    const rest = listOf(include).filter((name) => name !== 'reasoning.encrypted_content')
    return {
      body: { ...body, input: kept, ...(rest.length > 0 && { include: rest }) },
      notice: 'Encrypted reasoning was not requested: this model does not support it.',
    }
  }
  if (!unreadable.test(message) || kept.length === items.length) return undefined
  return {
    body: { ...body, input: kept, ...(include !== undefined && { include }) },
    notice: 'Earlier reasoning was not sent back: the provider could not read it.',
  }
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : []
}
