import type { IncomingMessage, ServerResponse } from 'node:http'
import { refuse } from './http-reply.js'

type Refusal = 'tooLarge' | 'notJson' | 'brokenOff'
export type RequestBody = { json: unknown } | { refused: Refusal }

/** This many times the cap is read and dropped, so that a client in the middle of sending hears why. */
const patience = 16
const parseError = -32700

/** Reads a request's body, up to a cap, and parses it. Never fails. */
export async function readJsonBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<RequestBody> {
  const declared = Number(request.headers['content-length'])
  if (declared > maxBytes * patience) return { refused: 'tooLarge' }
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      size += part.length
      if (size > maxBytes * patience) break
      if (size <= maxBytes) parts.push(part)
    }
  } catch {
    return { refused: 'brokenOff' }
  }
  if (size > maxBytes) return { refused: 'tooLarge' }
  try {
    return { json: JSON.parse(Buffer.concat(parts).toString('utf8')) }
  } catch {
    return { refused: 'notJson' }
  }
}

/** Tells a caller what is wrong with the body, where it is still there to be told. */
export function refuseBody(response: ServerResponse, why: Refusal, maxBytes: number): void {
  switch (why) {
    case 'brokenOff':
      response.destroy()
      break
    case 'notJson':
      refuse(
        response,
        400,
        {
          code: 'invalidRequest',
          message: 'The body is not valid JSON.',
          hint: 'Send one JSON-RPC message as the body.',
        },
        parseError,
      )
      break
    case 'tooLarge':
      response.setHeader('connection', 'close')
      refuse(response, 413, {
        code: 'invalidRequest',
        message: `The body is larger than ${maxBytes} bytes.`,
        hint: 'Send a shorter prompt, or ask the operator to raise http.maxBodyBytes.',
      })
  }
}
