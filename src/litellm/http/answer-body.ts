import type { HttpReply } from './reply.js'
import { eventData } from './sse.js'

/** Holds the body of a response: one text, or the event data of a stream. */
export type AnswerBody = { readonly text: string } | { readonly events: AsyncGenerator<string[]> }

/**
 * Reads the body of a response. The start of the body determines its form, not the media type.
 * Gateways label streams as JSON, and JSON as any type.
 *
 * @param stream whether a stream was requested, so that events are yielded as they arrive
 */
export async function answerBody(reply: HttpReply, stream: boolean): Promise<AnswerBody> {
  if (!stream) {
    const text = await reply.text()
    return isStream(text) ? { events: eventData(noMore(), text) } : { text }
  }
  const pieces = reply.pieces()
  let text = ''
  // `data:` may be split between pieces.
  while (text.trimStart().length < longestField && !decided.test(text)) {
    const { done, value } = await pieces.next()
    if (done) break
    text += value
  }
  if (isStream(text)) return { events: eventData(pieces, text) }
  for await (const piece of pieces) text += piece
  return { text }
}

const longestField = 'event:'.length
/** Matches the start of JSON, of an event field or comment, or of other text. */
const decided = /^\s*([{[<]|[a-z]*:|\S+\s)/
const field = /^\s*(data|event|id|retry|error)?:/

function isStream(text: string): boolean {
  return field.test(text)
}

async function* noMore(): AsyncGenerator<string> {}
