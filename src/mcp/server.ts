import {
  type McpServerFactory,
  type Tool as McpTool,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { callName, clientHeader } from './call-name.js'
import { complete } from './completions.js'
import { readResource, resources } from './resources.js'
import type { Services } from './services.js'
import { callTool, type ServerTool, type ToolCall } from './tool.js'
import { listModelsTool } from './tools/list-models.js'
import { runAgentTool } from './tools/run-agent.js'
import { structuredExtractTool } from './tools/structured-extract.js'

const instructions = `Delegates work to AI agents on any model LiteLLM reaches.
- run_agent: a task in your words; the agent answers in text, or in an object if you give outputSchema. It knows nothing of your conversation. Name tools to let it calculate or look at the clock. Reuse a sessionId to go on with a conversation.
- structured_extract: one object of a given shape out of a text, an image or a document.
- list_models: what modelId may name. Leave modelId out for the server's default.
Each result says what it used and cost (usage, costUsd; null is unknown); limits.maxCostUsd and the other limits cap a run, which then ends with stopReason limitReached. An error has a code, a hint on what to do next, and says whether the same call may work later (retryable).`

const minute = 60_000
/** The lists are the same for every caller, for as long as the server runs. */
const fixed = { ttlMs: 60 * minute, cacheScope: 'public' } as const

/** Makes a protocol server for each connection (stdio) or request (HTTP), for clients of both eras. */
export function serverFactory(services: Services): McpServerFactory {
  const all = [runAgentTool(services), structuredExtractTool(services), listModelsTool(services)]
  const tools = new Map(all.map((tool) => [tool.name, tool]))
  let described: McpTool[] | undefined

  return () => {
    const server = new Server(
      { name: 'litellm-agents-mcp', title: 'LiteLLM Agents', version: services.version },
      {
        capabilities: { tools: {}, resources: {}, prompts: {}, completions: {} },
        instructions,
        cacheHints: {
          'server/discover': fixed,
          'tools/list': fixed,
          'prompts/list': fixed,
          'resources/list': fixed,
          'resources/templates/list': fixed,
          'resources/read': { ttlMs: minute, cacheScope: 'private' },
        },
      },
    )
    server.setRequestHandler('tools/list', () => {
      described ??= all.map((tool) => tool.describe())
      return { tools: described }
    })
    server.setRequestHandler('tools/call', ({ params }, context) =>
      callTool(knownTool(params.name, tools), toolCall(params.arguments ?? {}, context), services),
    )
    server.setRequestHandler('resources/list', () => ({ resources }))
    server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [] }))
    server.setRequestHandler('resources/read', ({ params }) => readResource(params.uri, services))
    server.setRequestHandler('prompts/list', () => ({ prompts: [] }))
    server.setRequestHandler('prompts/get', ({ params }) => {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown prompt: ${params.name}`)
    })
    server.setRequestHandler('completion/complete', ({ params }) =>
      complete(params.argument, services),
    )
    return server
  }
}

function knownTool(name: string, tools: ReadonlyMap<string, ServerTool>): ServerTool {
  const tool = tools.get(name)
  if (tool) return tool
  const names = [...tools.keys()].join(', ')
  throw new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `Unknown tool: ${name}. There are ${names}.`,
  )
}

function toolCall(args: unknown, { http, mcpReq }: ServerContext): ToolCall {
  const progressToken = mcpReq._meta?.progressToken
  const principal = http?.authInfo?.clientId ?? 'local'
  return {
    args,
    signal: mcpReq.signal,
    name: callName(principal, http?.req?.headers.get(clientHeader), mcpReq.id),
    principal,
    sendProgress:
      progressToken === undefined
        ? undefined
        : (progress, message) => {
            const params = { progressToken, progress, message }
            // A client that has gone is noticed by the transport.
            mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {})
          },
  }
}
