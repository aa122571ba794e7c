import type { IncomingMessage, ServerResponse } from 'node:http'
import { FairShare } from '../../util/fair-share.js'
import { rpcCodes } from '../jsonrpc/error-response.js'
import { brokenBound } from '../jsonrpc/json-bounds.js'
import { parseJson } from '../jsonrpc/json-text.js'
import { refuse } from './send-reply.js'

type Problem = 'tooLarge' | 'notJson' | 'tooDeep' | 'disconnected' | 'busy'
export type RequestBody = { json: unknown } | { problem: Problem }

/** A body is read, and dropped, up to so many times the limit, so that its sender can read the refusal. */
const readFactor = 16
/** So many bodies of the largest size may be read at the same time. */
const largestAtOnce = 64
const maxDepth = 128

/** Reads and parses request bodies, with a limit for each and a share for each principal. Never fails. */
export class RequestBodies {
  private readonly share: FairShare

  constructor(private readonly maxBytes: number) {
    this.share = new FairShare(maxBytes * largestAtOnce, maxBytes)
  }

  async read(request: IncomingMessage, principal: string): Promise<RequestBody> {
    const { maxBytes } = this
    const declared = Number(request.headers['content-length'])
    if (declared > maxBytes * readFactor) return { problem: 'tooLarge' }
    const parts: Buffer[] = []
    let size = 0
    let kept = 0
    try {
      // Iteration with `break` would destroy the connection before the refusal is sent.
      for await (const part of request.iterator({
        destroyOnReturn: false,
      }) as AsyncIterable<Buffer>) {
        size += part.length
        if (size > maxBytes * readFactor) break
        if (size > maxBytes) continue
        if (!this.share.take(principal, part.length)) return { problem: 'busy' }
        kept += part.length
        parts.push(part)
      }
    } catch {
      return { problem: 'disconnected' }
    } finally {
      this.share.giveBack(principal, kept)
    }
    if (size > maxBytes) return { problem: 'tooLarge' }
    const json = parseJson(Buffer.concat(parts).toString())
    if (json === undefined) return { problem: 'notJson' }
    return brokenBound(json, { maxDepth }) ? { problem: 'tooDeep' } : { json }
  }

  /** Answers a request whose body has a problem, if its sender is still connected. */
  refuse(response: ServerResponse, problem: Problem): void {
    if (problem === 'disconnected') {
      response.destroy()
      return
    }
    const { status, rpcCode, ...error } = refusals(this.maxBytes)[problem]
    if (status !== 400) response.setHeader('connection', 'close')
    if (problem === 'busy') response.setHeader('retry-after', '1')
    const code = problem === 'busy' ? 'rateLimit' : 'invalidRequest'
    refuse(response, status, { code, ...error }, rpcCode)
  }
}

function refusals(maxBytes: number) {
  return {
    notJson: {
      status: 400,
      rpcCode: rpcCodes.parseError,
      message: 'The body is not valid JSON.',
      hint: 'Send one JSON-RPC message as the body.',
    },
    tooDeep: {
      status: 400,
      rpcCode: rpcCodes.invalidRequest,
      message: `The body is nested deeper than ${maxDepth} levels.`,
      hint: 'Send flatter arguments, or put the data into the prompt as text.',
    },
    tooLarge: {
      status: 413,
      rpcCode: rpcCodes.invalidRequest,
      message: `The body is larger than ${maxBytes} bytes.`,
      hint: 'Send a shorter prompt, or ask the operator to raise http.maxBodyBytes.',
    },
    busy: {
      status: 503,
      rpcCode: rpcCodes.internalError,
      message: 'The server is reading too many large requests.',
      hint: 'Try again in a few seconds.',
      retryable: true,
    },
  }
}
