import type { Message } from '../../src/agent/messages/content.js'
import type { SessionStore, Turn } from '../../src/runs/sessions/session-store.js'

export const never = new AbortController().signal

export const message = (text: string): Message => ({ role: 'user', content: [{ text }] })

export function key(sessionId: string, principal = 'ada', agent = '') {
  return { agent, principal, sessionId }
}

export function turn(
  messages: readonly Message[],
  totalTokens = 0,
  costUsd: number | null = 0,
): Turn {
  const usage = { inputTokens: totalTokens, outputTokens: 0, totalTokens }
  return { messages, usage, costUsd }
}

/** One more turn: everything said so far, and this. */
export async function say(
  store: SessionStore,
  text: string,
  ...of: Parameters<typeof key>
): Promise<void> {
  const session = await store.acquire(key(...of), never)
  await session.release(turn([...session.messages, message(text)], 10, 0.5))
}

/** What is said in a session; looking at it is a use. */
export async function texts(
  store: SessionStore,
  ...of: Parameters<typeof key>
): Promise<unknown[]> {
  const session = await store.acquire(key(...of), never)
  await session.release(turn(session.messages))
  return session.messages.flatMap(({ content }) => content.map((block) => Object.values(block)[0]))
}
