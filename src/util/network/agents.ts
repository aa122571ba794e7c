import type { Agent, AgentOptions, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import type { Agent as SecureAgent } from 'node:https'
import type { Socket } from 'node:net'
import { dial } from './dial.js'
import { type HttpProxy, proxyFor, targetOf } from './proxy.js'
import { ProxyError } from './proxy-error.js'
import { type Trust, trustFor, type Verify } from './trust.js'

/**
 * Provides agents for Node's HTTP client whose connections use the proxy and certificate settings
 * of the environment.
 */
export interface Agents {
  readonly http: Agent
  readonly https: SecureAgent
}

/** Declares the method of Node's agents that is missing in its types. */
interface Adding {
  addRequest(request: ClientRequest, target: RequestOptions): void
}

/** Creates a pair of agents. Fails with a TrustError if the certificate file cannot be used. */
export function createAgents(options: AgentOptions, verify?: Verify): Agents {
  const trust = trustFor(verify)
  const http = new (process.getBuiltinModule('node:http').Agent)(options) as Agent & Adding
  const https = new (process.getBuiltinModule('node:https').Agent)({ ...options, ...trust })
  throughProxy(http, false, trust)
  throughProxy(https, true, trust)
  const add = http.addRequest.bind(http)
  http.addRequest = (request, target) => {
    forward(request, addressOf(target, false))
    add(request, target)
  }
  return { http, https }
}

/** Routes the connections of an agent through the proxy that the environment names, if any. */
function throughProxy(agent: Agent, tls: boolean, trust: Trust): void {
  const direct = agent.createConnection.bind(agent)
  agent.createConnection = (target, opened) => {
    const url = addressOf(target, tls)
    const proxy = proxyFor(url)
    if (!proxy) return direct(target, opened)
    const failed = opened as ((error: Error) => void) | undefined
    dial(
      { ...targetOf(url), tls, proxy, trust },
      (socket) => opened?.(null, tls ? socket : named(socket, proxy)),
      (error) => failed?.(error),
    )
    return undefined
  }
}

function addressOf({ host, hostname, port }: RequestOptions, tls: boolean): URL {
  const name = hostname ?? host ?? 'localhost'
  const usual = tls ? 443 : 80
  return new URL(
    `${tls ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port ?? usual}`,
  )
}

/**
 * Sends a plain http request to the proxy with its full URL as the target (RFC 9112, section
 * 3.2.2).
 */
function forward(request: ClientRequest, url: URL): void {
  const proxy = proxyFor(url)
  if (!proxy) return
  request.path = url.origin + request.path
  if (proxy.authorization) request.setHeader('proxy-authorization', proxy.authorization)
  const emit = request.emit.bind(request)
  // Only a proxy responds with 407. The client would otherwise take it for the server's response.
  request.emit = (event: string, ...args: unknown[]) => {
    const [reply] = args as IncomingMessage[]
    if (event !== 'response' || reply?.statusCode !== 407) return emit(event, ...args)
    request.destroy(new ProxyError(proxy, { status: 407 }))
    return true
  }
}

/** Adds a ProxyError that names the proxy as the cause of each socket error. */
function named(socket: Socket, proxy: HttpProxy): Socket {
  return socket.prependListener('error', (error) => {
    error.cause ??= new ProxyError(proxy, { cause: error, sent: true })
  })
}
