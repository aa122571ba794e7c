import type { HttpReply } from './reply.js'
import { eventData } from './sse.js'

/** The body of an answer: one text, or the data of the events of a stream. */
export type AnswerBody = { readonly text: string } | { readonly events: AsyncGenerator<string[]> }

/**
 * Reads the body of an answer in the form that it has. The form is decided by how the body begins,
 * not by its media type, because gateways label streams as JSON, and JSON as anything.
 *
 * @param stream a stream was requested, so that events are passed on as they arrive
 */
export async function answerBody(reply: HttpReply, stream: boolean): Promise<AnswerBody> {
  if (!stream) {
    const text = await reply.text()
    return isStream(text) ? { events: eventData(noMore(), text) } : { text }
  }
  const pieces = reply.pieces()
  let text = ''
  // `data:` may itself be cut into pieces.
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
/** JSON, a field of an event or a comment, or a whole line of something else. */
const decided = /^\s*([{[<]|[a-z]*:|\S+\s)/
const field = /^\s*(data|event|id|retry)?:/

function isStream(text: string): boolean {
  return field.test(text)
}

async function* noMore(): AsyncGenerator<string> {}
