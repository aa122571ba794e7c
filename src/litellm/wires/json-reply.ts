import type { ReplyHeaders } from '../http/reply.js'

/** An endpoint that cannot stream answers a stream's request with one JSON reply. */
export function isJson(headers: ReplyHeaders): boolean {
  return /^application\/json\b/.test(headers.get('content-type') ?? '')
}
