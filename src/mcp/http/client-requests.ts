import {
  isJSONRPCResponse,
  type JSONRPCMessage,
  type JSONRPCNotification,
  type JSONRPCRequest,
  type JSONRPCResponse,
  type RequestId,
  type Server,
  type Transport,
} from '@modelcontextprotocol/server'
import type { JsonObject } from '../../util/json.js'

interface OpenRequest {
  principal: string
  answer(response: JSONRPCResponse): void
}

/**
 * The requests that servers have sent to 2025 clients in the middle of a call. The response comes
 * with another HTTP request, and has to reach the server that sent the request. Each request gets
 * an id that nobody can guess, in place of the 0, 1, 2 with which every server begins.
 */
export class ClientRequests {
  private readonly open = new Map<string, OpenRequest>()

  /** Lets a server that is not connected yet send requests to its client. */
  track(server: Server, principal: string): void {
    const connect = server.connect.bind(server)
    server.connect = (transport) => connect(this.tracked(transport, principal))
  }

  /** Takes the response to an open request. Returns false for any other message. */
  answer(message: JsonObject, principal: string): boolean {
    if (typeof message.id !== 'string') return false
    const request = this.open.get(message.id)
    if (request?.principal !== principal || !isJSONRPCResponse(message)) return false
    request.answer(message)
    return true
  }

  private tracked(transport: Transport, principal: string): Transport {
    const ids = new Map<RequestId, string>()
    const close = (id: RequestId) => this.open.delete(ids.get(id) ?? '')
    const renamedRequest = (request: JSONRPCRequest): JSONRPCRequest => {
      const id = crypto.randomUUID()
      ids.set(request.id, id)
      const answer = (response: JSONRPCResponse) => {
        close(request.id)
        transport.onmessage?.({ ...response, id: request.id })
      }
      this.open.set(id, { principal, answer })
      return { ...request, id }
    }
    /** The client knows a request that is cancelled by its new id. */
    const renamedNotification = (notification: JSONRPCNotification): JSONRPCNotification => {
      if (notification.method !== 'notifications/cancelled') return notification
      const id = notification.params?.requestId as RequestId
      close(id)
      return { ...notification, params: { ...notification.params, requestId: ids.get(id) } }
    }
    const renamed = (message: JSONRPCMessage): JSONRPCMessage => {
      if (!('method' in message)) return message
      return 'id' in message ? renamedRequest(message) : renamedNotification(message)
    }
    const send = transport.send.bind(transport)
    transport.send = (message, options) => send(renamed(message), options)
    transport.onclose = () => {
      for (const id of ids.keys()) close(id)
    }
    return transport
  }
}

/** Refuses a server's requests to a client that is not going to read them. */
export function refuseClientRequests(server: Server): void {
  const connect = server.connect.bind(server)
  server.connect = (transport) => {
    const send = transport.send.bind(transport)
    transport.send = (message, options) =>
      'method' in message && 'id' in message
        ? Promise.reject(new Error('The client reads only the response to its request.'))
        : send(message, options)
    return connect(transport)
  }
}
