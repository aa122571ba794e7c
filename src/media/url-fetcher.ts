import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { AgentError, cancelledError, invalidRequest } from '../agent/errors.js'
import { plainMediaType } from '../agent/messages/media.js'
import { type Agents, createAgents } from '../util/network/agents.js'
import { ProxySettingError, proxyFor } from '../util/network/proxy.js'
import { proxyErrorIn } from '../util/network/proxy-error.js'
import { isPublicAddress } from './addresses.js'
import { permittedUrl } from './url-rule.js'

export interface FetchRules {
  /** The hosts that may be requested: names or addresses, each with an optional port. */
  hosts: readonly string[]
  /** Limits the total size of all responses of one fetcher. */
  maxBytes: number
  /** Limits the time for one URL, including its redirects. */
  timeoutMs: number
}

export interface Wanted {
  url: string
  /** The media types that are accepted. */
  types: readonly string[]
  /** The position of the URL in the request, for error messages. */
  at: string
}

type Lookup = (
  hostname: string,
  options: { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

const maxRedirects = 3

/**
 * Fetches URLs for a caller that is less trusted than this server. Only listed hosts are allowed.
 * An address that is not public is refused unless the address itself is listed. A host name is
 * checked inside the connection, by the addresses it resolves to, so the checked address is the one
 * used. With a proxy, the name is checked before the request if it resolves here, and the proxy
 * connects.
 */
export class UrlFetcher {
  private left: number
  private agents: Agents | undefined

  constructor(
    private readonly rules: FetchRules,
    private readonly lookup: Lookup = systemLookup,
  ) {
    this.left = rules.maxBytes
  }

  /** Returns the content of a URL. Fails with an AgentError. */
  async fetch(wanted: Wanted, signal: AbortSignal): Promise<Buffer> {
    const late = AbortSignal.timeout(this.rules.timeoutMs)
    try {
      const response = await this.follow(wanted, AbortSignal.any([signal, late]))
      return await this.content(response, wanted)
    } catch (thrown) {
      if (thrown instanceof AgentError) throw thrown
      if (signal.aborted) throw cancelledError()
      throw late.aborted ? timedOut(wanted, this.rules.timeoutMs) : unreachable(wanted, thrown)
    }
  }

  /** Returns the response after all redirects. The target of each redirect must be permitted. */
  private async follow(wanted: Wanted, signal: AbortSignal): Promise<IncomingMessage> {
    let { url } = wanted
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const at = hop === 0 ? wanted.at : `The redirect of ${wanted.at}`
      const permitted = permittedUrl(url, this.rules.hosts, at)
      if (proxyFor(permitted)) await this.checkName(permitted.hostname)
      const response = await this.open(permitted, wanted.types, signal)
      const { statusCode = 0, headers } = response
      if (statusCode >= 200 && statusCode < 300) return response
      response.destroy()
      if (statusCode < 300 || statusCode >= 400 || headers.location === undefined)
        throw refusedByHost(wanted, statusCode)
      url = URL.canParse(headers.location, permitted.href)
        ? new URL(headers.location, permitted).href
        : headers.location
    }
    throw invalidRequest(
      `${wanted.at} leads to more than ${maxRedirects} redirects.`,
      'Give the address it ends at.',
    )
  }

  private open(url: URL, types: readonly string[], signal: AbortSignal): Promise<IncomingMessage> {
    const tls = url.protocol === 'https:'
    const request = tls ? httpsRequest : httpRequest
    // Connections are not kept alive, so that no other fetch reuses one.
    this.agents ??= createAgents({ keepAlive: false })
    const agent = tls ? this.agents.https : this.agents.http
    return new Promise((resolve, reject) => {
      request(url, {
        agent,
        lookup: this.guardedLookup,
        signal,
        headers: {
          accept: types.join(', '),
          'accept-encoding': 'identity',
          'user-agent': 'litellm-agents-mcp',
        },
      })
        .once('response', resolve)
        .on('error', reject)
        .end()
    })
  }

  /**
   * Fails if a name resolves to an address that is not public. Names that do not resolve here are
   * accepted.
   */
  private async checkName(hostname: string): Promise<void> {
    if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return
    const addresses = await new Promise<LookupAddress[]>((resolve) => {
      this.lookup(hostname, { all: true }, (_, found) => resolve(found ?? []))
    })
    if (!addresses.every(({ address }) => isPublicAddress(address))) throw notPublic(hostname)
  }

  /**
   * Resolves a name to a public address. Node calls it only for names; an address in a URL has
   * already passed the host list.
   */
  private readonly guardedLookup: LookupFunction = (hostname, options, callback) => {
    this.lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? []
      if (error || !first) callback(error ?? new Error('no address'), '')
      else if (!addresses.every(({ address }) => isPublicAddress(address)))
        callback(notPublic(hostname), '')
      else if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }

  private async content(response: IncomingMessage, wanted: Wanted): Promise<Buffer> {
    try {
      checkType(response, wanted)
      if (Number(response.headers['content-length'] ?? 0) > this.left) throw this.tooLarge(wanted)
      const chunks: Buffer[] = []
      for await (const chunk of response as AsyncIterable<Buffer>) {
        this.left -= chunk.length
        if (this.left < 0) throw this.tooLarge(wanted)
        chunks.push(chunk)
      }
      return Buffer.concat(chunks)
    } finally {
      response.destroy()
    }
  }

  private tooLarge({ at }: Wanted): AgentError {
    return invalidRequest(
      `${at} is too large: what a prompt's URLs hold may come to ${this.rules.maxBytes} bytes.`,
      'Give a smaller one, or ask the operator to raise allow.maxUrlBytes.',
    )
  }
}

function checkType({ headers }: IncomingMessage, { types, at }: Wanted): void {
  const type = plainMediaType(headers['content-type'] ?? '').slice(0, 100)
  if (!types.includes(type))
    throw invalidRequest(
      `${at} is served as ${type || 'nothing known'}, not as ${types.join(' or ')}.`,
      'Give the format that it has, or the address of the content itself and not of a page about it.',
    )
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity')
    throw invalidRequest(
      `${at} is served compressed, which was not asked for.`,
      'Send the content itself as base64 in bytes.',
    )
}

function notPublic(hostname: string): AgentError {
  return new AgentError({
    code: 'permission',
    message: `${hostname} resolves to an address that is not public.`,
    hint: 'Send the content itself as base64 in bytes. An operator who means that host lists its address in allow.urlHosts, and callers use it in the URL.',
    unsent: true,
  })
}

function refusedByHost({ at }: Wanted, status: number): AgentError {
  const retryable = status === 429 || status >= 500
  return new AgentError({
    code: retryable ? 'connection' : 'invalidRequest',
    message: `${at} could not be fetched: its host answered ${status}.`,
    hint: retryable
      ? 'Try again later.'
      : 'Check the address, or send the content itself in bytes.',
    retryable,
    unsent: true,
  })
}

function timedOut({ at }: Wanted, timeoutMs: number): AgentError {
  return new AgentError({
    code: 'timeout',
    message: `${at} did not arrive within ${timeoutMs / 1000} s.`,
    hint: 'Try again, or send the content itself as base64 in bytes.',
    retryable: true,
    unsent: true,
  })
}

function unreachable({ at }: Wanted, thrown: unknown): AgentError {
  const proxy = proxyErrorIn(thrown)
  if (proxy || thrown instanceof ProxySettingError)
    return new AgentError({
      code: proxy ? 'connection' : 'configuration',
      message: `${at} could not be fetched. ${(proxy ?? (thrown as Error)).message}`,
      hint: proxy?.hint ?? 'Set the variable to the URL of an HTTP proxy.',
      retryable: proxy?.retryable ?? false,
      unsent: true,
      cause: thrown,
    })
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'broken off'
  return new AgentError({
    code: 'connection',
    message: `${at} could not be fetched (${code}).`,
    hint: 'Check the address, try again, or send the content itself as base64 in bytes.',
    retryable: true,
    unsent: true,
    cause: thrown,
  })
}
