import type { IncomingMessage, ServerResponse } from 'node:http'
import { isJsonObject } from '../../util/json.js'

import { brokenBound } from '../jsonrpc/json-bounds.js'
import { refuse } from './reply.js'

type Refusal = 'tooLarge' | 'notJson' | 'tooDeep' | 'longId' | 'brokenOff' | 'busy'
export type RequestBody = { json: unknown } | { refused: Refusal }

/** This many times the cap is read and dropped, so that a client in the middle of sending hears why. */
const patience = 16
/** So many bodies of the largest size may be in the middle of coming in. */
const largestAtOnce = 64
const maxDepth = 128
/** An id comes back in the answer. */
const maxIdLength = 1_000
const parseError = -32700
const internalError = -32603

/** Reads requests' bodies, up to a cap for each and one for all together, and parses them. Never fails. */
export class JsonBodies {
  private held = 0

  constructor(private readonly maxBytes: number) {}

  async read(request: IncomingMessage): Promise<RequestBody> {
    const { maxBytes } = this
    const declared = Number(request.headers['content-length'])
    if (declared > maxBytes * patience) return { refused: 'tooLarge' }
    const parts: Buffer[] = []
    let size = 0
    let kept = 0
    try {
      for await (const part of request as AsyncIterable<Buffer>) {
        size += part.length
        if (size > maxBytes * patience) break
        if (size > maxBytes) continue
        if (this.held + part.length > maxBytes * largestAtOnce) return { refused: 'busy' }
        kept += part.length
        this.held += part.length
        parts.push(part)
      }
    } catch {
      return { refused: 'brokenOff' }
    } finally {
      this.held -= kept
    }
    return size > maxBytes ? { refused: 'tooLarge' } : parsed(Buffer.concat(parts).toString('utf8'))
  }

  /** Tells a caller what is wrong with the body, where it is still there to be told. */
  refuse(response: ServerResponse, why: Refusal): void {
    if (why === 'brokenOff') {
      response.destroy()
      return
    }
    const { status, rpcCode, ...error } = refusals(this.maxBytes)[why]
    if (status !== 400) response.setHeader('connection', 'close')
    if (why === 'busy') response.setHeader('retry-after', '1')
    refuse(
      response,
      status,
      { code: why === 'busy' ? 'rateLimit' : 'invalidRequest', ...error },
      rpcCode,
    )
  }
}

function parsed(text: string): RequestBody {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { refused: 'notJson' }
  }
  if (brokenBound(json, { maxDepth })) return { refused: 'tooDeep' }
  const id = isJsonObject(json) ? json.id : undefined
  return typeof id === 'string' && id.length > maxIdLength ? { refused: 'longId' } : { json }
}

function refusals(maxBytes: number) {
  return {
    notJson: {
      status: 400,
      rpcCode: parseError,
      message: 'The body is not valid JSON.',
      hint: 'Send one JSON-RPC message as the body.',
    },
    tooDeep: {
      status: 400,
      rpcCode: undefined,
      message: `The body is nested deeper than ${maxDepth} levels.`,
      hint: 'Send flatter arguments, or put the data into the prompt as text.',
    },
    longId: {
      status: 400,
      rpcCode: undefined,
      message: `The id of the message is longer than ${maxIdLength} characters.`,
      hint: 'Use a number or a short text as id.',
    },
    tooLarge: {
      status: 413,
      rpcCode: undefined,
      message: `The body is larger than ${maxBytes} bytes.`,
      hint: 'Send a shorter prompt, or ask the operator to raise http.maxBodyBytes.',
    },
    busy: {
      status: 503,
      rpcCode: internalError,
      message: 'The server has too many large requests at once.',
      hint: 'Try again in some seconds.',
      retryable: true,
    },
  }
}
