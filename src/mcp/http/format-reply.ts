import { parseJsonObject } from '../../util/json.js'
import { within } from '../../util/within.js'
import type { ReplyFormat } from './accept.js'

/** An HTTP reply before it is sent. */
export interface Reply {
  status: number
  headers: Record<string, string>
  body?: string | AsyncIterable<Uint8Array>
}

/** A result that takes longer is streamed, because clients give up on a server that is silent. */
const streamAfterMs = 500
/** Proxies close connections that are silent, some of them after 15 s. */
export const keepAliveMs = 10_000
/** The SDK's status for a request that was cancelled before it had a result. */
const cancelledStatus = 499

const json = 'application/json'
const events = 'text/event-stream'
const streamHeaders = { 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' }
const dataField = 'data: '
const encoder = new TextEncoder()

/**
 * Returns the SDK's response to one message, in the format that the client accepts. A result that
 * is ready at once comes as one message, with the status that belongs to it. If a result takes
 * longer, the reply begins without it and is kept alive until the result is there.
 */
export async function formatReply(answer: Promise<Response>, format: ReplyFormat): Promise<Reply> {
  if (format === 'json') return jsonReply(answer.then(lastMessage))
  const response = await within(answer, streamAfterMs)
  if (!response) return stream(events, lateEvents(answer))
  if (isStream(response)) return stream(events, chunksOf(response))
  const message = await lastMessage(response)
  if (format === 'either' || message.text === '' || message.status >= 300) return textReply(message)
  return stream(events, eventOf(message.text))
}

/** Returns the responses to a JSON-RPC batch: a JSON array, or an event for each of them. */
export async function formatBatch(
  answers: readonly Promise<Response>[],
  errors: readonly object[],
  format: ReplyFormat,
): Promise<Reply> {
  const texts = Promise.all(answers.map((answer) => answer.then(lastMessage))).then((messages) => [
    ...errors.map((error) => JSON.stringify(error)),
    ...messages.map(({ text }) => text).filter((text) => text !== ''),
  ])
  if (format !== 'events')
    return jsonReply(
      texts.then((all) => ({ status: 200, text: all.length > 0 ? `[${all.join(',')}]` : '' })),
    )
  const all = texts.then((each) => each.map(eventOf).join(''))
  return (await within(all, streamAfterMs)) === ''
    ? { status: 202, headers: {} }
    : stream(events, keptAlive(': working\n\n', all))
}

interface LastMessage {
  status: number
  /** Empty if the message was a notification, or the request was cancelled. */
  text: string
}

async function jsonReply(message: Promise<LastMessage>): Promise<Reply> {
  const ready = await within(message, keepAliveMs)
  if (ready) return textReply(ready)
  // JSON text may begin with any amount of white space.
  const text = message.then(({ text }) => text)
  return stream(json, keptAlive('\n', text))
}

function textReply({ status, text }: LastMessage): Reply {
  if (text !== '') return { status, headers: { 'content-type': json }, body: text }
  return { status: status === 200 || status === cancelledStatus ? 202 : status, headers: {} }
}

function stream(type: string, body: string | AsyncIterable<Uint8Array>): Reply {
  return { status: 200, headers: { 'content-type': type, ...streamHeaders }, body }
}

function isStream(response: Response): boolean {
  return response.headers.get('content-type') === events
}

function chunksOf(response: Response): AsyncIterable<Uint8Array> {
  return response.body ?? ReadableStream.from<Uint8Array>([])
}

/** Reads a response to its end. Of an event stream, only the response to the request counts. */
async function lastMessage(response: Response): Promise<LastMessage> {
  const { status } = response
  const text = await response.text()
  if (!isStream(response)) return { status, text }
  const line = text.split('\n').findLast((line) => line.startsWith(dataField))
  const data = line?.slice(dataField.length) ?? ''
  // A stream that was cancelled ends with a notification, or with a request of the server.
  return { status, text: parseJsonObject(data)?.method === undefined ? data : '' }
}

async function* lateEvents(answer: Promise<Response>): AsyncGenerator<Uint8Array> {
  const nothing = answer.then(() => '')
  yield* keptAlive(': working\n\n', nothing)
  const response = await answer
  if (isStream(response)) yield* chunksOf(response)
  else yield encoder.encode(eventOf((await lastMessage(response)).text))
}

/** Yields a filler that has no meaning, at once and then again and again, until the text is there. */
async function* keptAlive(filler: string, text: Promise<string>): AsyncGenerator<Uint8Array> {
  let ready: string | undefined
  while (ready === undefined) {
    yield encoder.encode(filler)
    ready = await within(text, keepAliveMs)
  }
  yield encoder.encode(ready)
}

function eventOf(text: string): string {
  return text === '' ? '' : `event: message\n${dataField}${text}\n\n`
}
