import type { IncomingMessage, RequestOptions } from 'node:http'
import type { Readable } from 'node:stream'
import { type Agents, createAgents } from './agents.js'
import { proxyFor } from './proxy.js'
import { proxyErrorIn } from './proxy-error.js'

const maxRedirects = 20
const withoutBody = [204, 205, 304]
const hasRedirect = [301, 302, 303, 307, 308]

let agents: Agents | undefined

/**
 * Works like Node's `fetch`, but uses the proxies and certificates of the environment, which Node's
 * own ignores. Without such settings, it calls Node's `fetch`. Fails with a ProxyError if the proxy
 * is the cause.
 */
export const networkFetch: typeof fetch = async (input, init) => {
  const request = new Request(input, init)
  if (isUsual(new URL(request.url))) return fetch(input, init)
  agents ??= createAgents({ keepAlive: true, timeout: 60_000 })
  const body = request.body ? Buffer.from(await request.arrayBuffer()) : undefined
  return follow(request, body)
}

function isUsual(url: URL): boolean {
  const certificates = url.protocol === 'https:' && Boolean(process.env.SSL_CERT_FILE)
  return !certificates && !proxyFor(url)
}

async function follow(
  { headers, method, redirect, signal, url }: Request,
  body: Buffer | undefined,
): Promise<Response> {
  const sent = { address: new URL(url), method, body, headers: new Headers(headers) }
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const reply = await send(sent.address, { method: sent.method, signal }, sent)
    const status = reply.statusCode ?? 0
    const { location } = reply.headers
    if (redirect === 'manual' || !hasRedirect.includes(status) || location === undefined)
      return responseOf(reply, status)
    reply.destroy()
    if (redirect === 'error') throw new TypeError('The server redirects, which is not allowed.')
    const next = new URL(location, sent.address)
    // Browsers do the same: only 307 and 308 repeat a request that is not a GET.
    if (status < 307 && sent.method !== 'GET' && sent.method !== 'HEAD') {
      sent.method = 'GET'
      sent.body = undefined
      sent.headers.delete('content-type')
    }
    if (next.origin !== sent.address.origin)
      for (const name of ['authorization', 'cookie']) sent.headers.delete(name)
    sent.address = next
  }
  throw new TypeError(`The server redirects more than ${maxRedirects} times.`)
}

function send(
  url: URL,
  options: RequestOptions,
  { body, headers }: { body: Buffer | undefined; headers: Headers },
): Promise<IncomingMessage> {
  const tls = url.protocol === 'https:'
  const module = process.getBuiltinModule(tls ? 'node:https' : 'node:http')
  return new Promise((resolve, reject) => {
    const request = module.request(url, {
      ...options,
      agent: tls ? agents?.https : agents?.http,
      headers: { 'accept-encoding': 'identity', ...Object.fromEntries(headers) },
    })
    request.once('response', resolve)
    request.on('error', (error) => reject(proxyErrorIn(error) ?? error))
    request.end(body)
  })
}

function responseOf(reply: IncomingMessage, status: number): Response {
  const headers = new Headers()
  for (const [name, values] of Object.entries(reply.headersDistinct))
    for (const value of values ?? []) headers.append(name, value)
  const init = { status, statusText: reply.statusMessage ?? '', headers }
  if (withoutBody.includes(status)) {
    reply.resume()
    return new Response(null, init)
  }
  const { Readable } = process.getBuiltinModule('node:stream')
  return new Response(Readable.toWeb(decoded(reply)) as ReadableStream, init)
}

function decoded(reply: IncomingMessage): Readable {
  const zlib = process.getBuiltinModule('node:zlib')
  const { pipeline } = process.getBuiltinModule('node:stream')
  switch (reply.headers['content-encoding']?.toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
    case 'deflate':
      return pipeline(reply, zlib.createUnzip(), () => {})
    case 'br':
      return pipeline(reply, zlib.createBrotliDecompress(), () => {})
    default:
      return reply
  }
}
