import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/server'
import type { RpcErrorResponse } from '../jsonrpc/error-response.js'

type Response = JSONRPCMessage | RpcErrorResponse

interface Batch {
  waiting: Set<RequestId>
  responses: Response[]
}

/** Collects the responses to the requests of each JSON-RPC batch, to send them as one array. */
export class Batches {
  private readonly open = new Map<RequestId, Batch>()

  constructor(private readonly send: (responses: readonly Response[]) => void) {}

  /** Whether a request with this id is open in a batch. */
  has(id: RequestId): boolean {
    return this.open.has(id)
  }

  /** Opens a batch: its requests, and the responses to those of its messages that are invalid. */
  add(requests: readonly RequestId[], responses: Response[]): void {
    const batch: Batch = { waiting: new Set(requests), responses }
    for (const id of requests) this.open.set(id, batch)
    this.sendIfComplete(batch)
  }

  /** Takes the response to a request of a batch. Returns false if the request is in no batch. */
  take(response: Response): boolean {
    if (this.open.size === 0 || !('id' in response) || 'method' in response) return false
    return this.end(response.id, response)
  }

  /** A cancelled request gets no response, so its batch does not wait for one. */
  cancel(id: unknown): void {
    this.end(id, undefined)
  }

  private end(id: unknown, response: Response | undefined): boolean {
    const batch = this.open.get(id as RequestId)
    if (!batch) return false
    this.open.delete(id as RequestId)
    batch.waiting.delete(id as RequestId)
    if (response) batch.responses.push(response)
    this.sendIfComplete(batch)
    return true
  }

  private sendIfComplete({ responses, waiting }: Batch): void {
    if (waiting.size === 0 && responses.length > 0) this.send(responses)
  }
}
