import type { AgentError } from '../errors.js'
import type { Message } from '../messages/content.js'

/** Images and documents count by tokens, not by the length of their bytes. */
const mediaChars = 6_000

/** Returns the approximate size of a part of a request, in characters of JSON. */
export function sizeOf(part: unknown): number {
  const text = JSON.stringify(part, (key, value: unknown) =>
    key === 'bytes' && typeof value === 'string' ? value.slice(0, mediaChars) : value,
  )
  return text?.length ?? 0
}

/** The share of the context window that a shortened conversation may use. */
const targetShare = 2 / 3

/**
 * Returns how many characters of the messages to remove after an overflow, so that the request uses
 * about two thirds of the context window. Uses the token counts in the provider's message if there
 * are any. Pure.
 */
export function excessChars(
  error: AgentError,
  messages: readonly Message[],
  fixed: readonly unknown[],
): number {
  const messageChars = sizeOf(messages)
  const allChars = messageChars + sizeOf(fixed)
  const share = usedShare(error.message)
  const excess = allChars * (1 - targetShare / share)
  // Without counts, or if they say little, each overflow removes at least a third.
  return Math.ceil(Math.max(excess, share === 1 ? messageChars * (1 - targetShare) : 0))
}

/** Returns the used tokens as a share of the window, such as 1.2, or 1 if the message does not say. */
function usedShare(message: string): number {
  const counts = (message.replaceAll(/(?<=\d)[,_](?=\d{3})/g, '').match(/\d{3,}/g) ?? []).map(
    Number,
  )
  const used = Math.max(...counts)
  const window = Math.max(...counts.filter((count) => count < used))
  const share = used / window
  // Other numbers, such as a status or a date in a model's name, give a share that is not plausible.
  return Number.isFinite(share) && share <= 5 ? share : 1
}
