import {
  isInputRequiredResult,
  type JSONRPCRequest,
  ProtocolError,
  ProtocolErrorCode,
  type Result,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { paramsProblem } from './jsonrpc/params-error.js'

const noContent = { content: [] }

type Handler = (request: JSONRPCRequest, context: ServerContext) => Promise<Result>

/** The SDK's server, except that a handler's failure is reported in a sentence with a fitting code. */
export class ProtocolServer extends Server {
  protected override _wrapHandler(method: string, handler: Handler): Handler {
    const wrapped =
      method === 'tools/call' ? this.toolCalls(handler) : super._wrapHandler(method, handler)
    return async (request, context) => {
      try {
        return await wrapped(request, context)
      } catch (thrown) {
        throw protocolError(method, thrown)
      }
    }
  }

  /**
   * The SDK parses each result of a tool with a schema and sends the copy. The compiler has checked
   * ours, so that the SDK gets an empty result to parse, and the client the one of the handler.
   */
  private toolCalls(handler: Handler): Handler {
    return async (request, context) => {
      let result: Result = noContent
      const wrapped = super._wrapHandler('tools/call', async (...call) => {
        result = await handler(...call)
        return isInputRequiredResult(result) ? result : noContent
      })
      const answer = await wrapped(request, context)
      return isInputRequiredResult(answer) ? answer : result
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
