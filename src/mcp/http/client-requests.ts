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
import { isJsonObject } from '../../util/json.js'

interface Question {
  principal: string
  answer(response: JSONRPCResponse): void
}

/**
 * What 2025 clients are asked in the middle of a call. The answer comes as a request of its own: it is
 * brought to the server that asked by an id that nobody can guess, in place of the 0, 1, 2 that every
 * server begins with.
 */
export class Questions {
  private readonly open = new Map<string, Question>()

  /** Lets a server that is not yet connected ask its client, who is this principal. */
  follow(server: Server, principal: string): void {
    const connect = server.connect.bind(server)
    server.connect = (transport) => connect(this.watched(transport, principal))
  }

  /** Whether a message is an answer that somebody waits for; if so, they have it now. */
  answer(message: unknown, principal: string): boolean {
    if (!isJsonObject(message) || typeof message.id !== 'string') return false
    const question = this.open.get(message.id)
    if (question?.principal !== principal || !isJSONRPCResponse(message)) return false
    question.answer(message)
    return true
  }

  private watched(transport: Transport, principal: string): Transport {
    const asked = new Map<RequestId, string>()
    const close = (own: RequestId) => this.open.delete(asked.get(own) ?? '')
    const asking = (request: JSONRPCRequest): JSONRPCRequest => {
      const id = crypto.randomUUID()
      asked.set(request.id, id)
      const answer = (response: JSONRPCResponse) => {
        close(request.id)
        transport.onmessage?.({ ...response, id: request.id })
      }
      this.open.set(id, { principal, answer })
      return { ...request, id }
    }
    /** A question that is withdrawn goes by the id that the client knows. */
    const telling = (notification: JSONRPCNotification): JSONRPCNotification => {
      if (notification.method !== 'notifications/cancelled') return notification
      const own = notification.params?.requestId as RequestId
      close(own)
      return { ...notification, params: { ...notification.params, requestId: asked.get(own) } }
    }
    const renamed = (message: JSONRPCMessage): JSONRPCMessage => {
      if (!('method' in message)) return message
      return 'id' in message ? asking(message) : telling(message)
    }
    const send = transport.send.bind(transport)
    transport.send = (message, options) => send(renamed(message), options)
    transport.onclose = () => {
      for (const own of asked.keys()) close(own)
    }
    return transport
  }
}
