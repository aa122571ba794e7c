import type { IncomingMessage } from 'node:http'

export type RequestBody = { json: unknown } | { refused: 'tooLarge' | 'notJson' | 'brokenOff' }

/** This many times the cap is read and dropped, so that a client in the middle of sending hears why. */
const patience = 16

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
