import {
  type JSONRPCRequest,
  ProtocolError,
  ProtocolErrorCode,
  type Result,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { paramsProblem } from './jsonrpc/params-error.js'

type Handler = (request: JSONRPCRequest, context: ServerContext) => Promise<Result>

/** The SDK's server, except that a handler's failure is reported in a sentence with a fitting code. */
export class ProtocolServer extends Server {
  protected override _wrapHandler(method: string, handler: Handler): Handler {
    const wrapped = super._wrapHandler(method, handler)
    return async (request, context) => {
      try {
        return await wrapped(request, context)
      } catch (thrown) {
        throw protocolError(method, thrown)
      }
    }
  }
}

/** Replaces the SDK's internal error with a list of schema issues, which it throws for invalid params. */
function protocolError(method: string, thrown: unknown): unknown {
  const problem = thrown instanceof Error ? paramsProblem(thrown.message) : undefined
  if (problem === undefined) return thrown
  return new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `Invalid params of ${method}: ${problem}`,
  )
}
