import { cancelledError, configurationError } from '../../agent/errors.js'
import { wellFormedJson } from '../../util/well-formed.js'
import {
  connectionError,
  failedBeforeSend,
  httpErrorToAgentError,
  redirectError,
} from '../errors.js'
import { post } from '../http/post.js'
import type { HttpReply } from '../http/reply.js'
import { InvalidHeader } from '../http/request-text.js'
import type { Route } from '../routes/route.js'
import type { WireCall } from './wire.js'

/** Describes a request of a wire: its URL, its headers and its body, which is sent as JSON. */
export interface WireRequest {
  url: URL
  headers: Readonly<Record<string, string>>
  body: object
}

/** Limits the body of an error. A longer one is not read, and its message is unknown. */
const maxErrorBytes = 1024 * 1024

/**
 * Sends a request with the shared HTTP client and returns the reply if its status is 2xx. Every
 * other outcome is an AgentError. Headers from `extra_headers` replace those of the wire.
 */
export async function send(
  { url, headers, body }: WireRequest,
  { route, settings, signal, stream }: WireCall,
): Promise<HttpReply> {
  const access = route.googleCredentials === undefined ? undefined : await accessHeaders(route)
  let reply: HttpReply
  try {
    reply = await post(url, {
      headers: { ...headers, ...access, ...settings.headers },
      // Providers refuse a request with a lone surrogate, so one would make every later call fail.
      body: wellFormedJson(JSON.stringify(body)),
      signal,
      verify: route.verify,
      silenceMs: stream ? settings.silenceMs : undefined,
    })
    if (reply.status >= 200 && reply.status < 300) return reply
  } catch (cause) {
    if (signal.aborted) throw cancelledError()
    if (cause instanceof InvalidHeader)
      throw configurationError(cause.message, 'Correct the header, or remove it.')
    throw connectionError(route, cause, { sent: !failedBeforeSend(cause) })
  }
  const text = await reply.text(maxErrorBytes).catch(() => '')
  if (reply.status < 400)
    throw redirectError(route, { status: reply.status, location: locationOf(reply, url) })
  const { headers: replyHeaders, status } = reply
  throw httpErrorToAgentError({ status, error: text, headers: replyHeaders }, route)
}

/** Returns the headers of a route whose key is obtained anew when it expires. */
export async function accessHeaders({
  googleCredentials,
}: Route): Promise<Record<string, string> | undefined> {
  if (googleCredentials === undefined) return undefined
  const { googleAccessToken } = await import('./google-access.js')
  return { authorization: `Bearer ${await googleAccessToken(googleCredentials)}` }
}

/**
 * Returns the target of a redirect without credentials or a query, because they may contain a key.
 */
function locationOf({ headers }: HttpReply, base: URL): string | undefined {
  const location = headers.get('location')
  if (location === null || !URL.canParse(location, base.href)) return undefined
  const { origin, pathname } = new URL(location, base)
  return origin + pathname
}
