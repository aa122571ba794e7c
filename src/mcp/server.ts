import {
  type McpRequestContext,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { configFor } from '../policy/allowance.js'
import { createElicitor, type FormStateCodec, formStateCodec } from './calls/elicitation.js'
import { serveTasks, takesTasks, tasksExtension } from './calls/tasks.js'
import { catalogFor } from './catalog.js'
import { clientName } from './client/identity.js'
import { passedBudget } from './client/passed-budget.js'
import { principalOf } from './client/principal.js'
import { complete, completeParams } from './completions.js'
import { getPrompt, getPromptParams } from './prompts.js'
import { ProtocolServer } from './protocol-server.js'
import { readResource, resources, resourceTemplates } from './resources/resources.js'
import type { Services } from './services.js'
import type { ServerTool, ToolCall } from './tool-call.js'
import { callTool } from './tools/call-tool.js'
import { traced } from './trace-request.js'

const minute = 60_000
const maxTokenLength = 1_000

/** Returns a function that creates a protocol server per connection (stdio) or request (HTTP), for both eras. */
export function serverFactory(services: Services): (context: McpRequestContext) => Server {
  return (context) => {
    const { era, requestInfo } = context
    const principal = principalOf(context)
    /** Returns the services that this caller may use under the current configuration. */
    const allowed = () => servicesFor(principal, services)
    // The lists change with the configuration file, and not every client is notified.
    const lists = {
      ttlMs: services.config.files.length > 0 ? minute : 60 * minute,
      cacheScope: allowed() === services ? 'public' : 'private',
    } as const
    // A 2025 client over HTTP has no stream for notifications outside a request.
    const listChanged = era === 'modern' || requestInfo === undefined
    const { approvalTimeoutSeconds } = services.config.runs
    let made: FormStateCodec | undefined
    const codec = () => {
      made ??= formStateCodec(services.signingKey(), principal, approvalTimeoutSeconds)
      return made
    }
    const server = new ProtocolServer(
      { name: 'litellm-agents-mcp', title: 'LiteLLM Agents', version: services.version },
      {
        capabilities: {
          tools: { listChanged },
          resources: {},
          prompts: { listChanged },
          completions: {},
          ...(era === 'modern' && { extensions: { [tasksExtension]: {} } }),
        },
        instructions: catalogFor(allowed()).instructions,
        requestState: { verify: (state, context) => codec().verify(state, context) },
        cacheHints: {
          'server/discover': lists,
          'tools/list': lists,
          'prompts/list': lists,
          'resources/list': lists,
          'resources/templates/list': lists,
          'resources/read': { ttlMs: minute, cacheScope: 'private' },
        },
      },
    )
    server.setRequestHandler('tools/list', () => {
      services.onToolsListed?.()
      return { tools: catalogFor(allowed()).listTools() }
    })
    server.setRequestHandler('tools/call', ({ params }, context) => {
      const callerServices = allowed()
      const tool = knownTool(params.name, catalogFor(callerServices).tools)
      const request = { method: 'tools/call', target: tool.name, principal }
      return traced(request, context, services, (trace) =>
        callTool(
          tool,
          {
            ...toolCall(params.arguments ?? {}, principal, context),
            client: clientName(server, context),
            elicitor: createElicitor(server, context, era, codec),
            trace,
          },
          callerServices,
        ),
      )
    })
    server.setRequestHandler('resources/list', () => ({ resources }))
    server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates }))
    server.setRequestHandler('resources/read', ({ params }, context) =>
      traced({ method: 'resources/read', principal }, context, services, () =>
        readResource(params.uri, principal, allowed()),
      ),
    )
    server.setRequestHandler('prompts/list', () => ({
      prompts: catalogFor(allowed()).listPrompts(),
    }))
    server.setRequestHandler('prompts/get', { params: getPromptParams }, (params) =>
      getPrompt(params, allowed().config),
    )
    server.setRequestHandler('completion/complete', { params: completeParams }, (params) =>
      complete(params, allowed()),
    )
    if (era === 'modern') serveTasks(server, principal, allowed)
    return server
  }
}

function servicesFor(principal: string, services: Services): Services {
  const config = configFor(principal, services.config)
  return config === services.config ? services : { ...services, config }
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

function toolCall(
  args: unknown,
  principal: string,
  context: ServerContext,
): Omit<ToolCall, 'elicitor' | 'client' | 'trace'> {
  const { http, mcpReq } = context
  const progressToken = mcpReq._meta?.progressToken
  // Every progress notification repeats the token.
  if (typeof progressToken === 'string' && progressToken.length > maxTokenLength)
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      `The progressToken is longer than ${maxTokenLength} characters.`,
    )
  return {
    args,
    signal: mcpReq.signal,
    principal,
    budget: passedBudget(mcpReq._meta, http?.req?.headers),
    takesTasks: takesTasks(context),
    sendProgress:
      progressToken === undefined
        ? undefined
        : (progress, message) => {
            const params = { progressToken, progress, message }
            // The transport notices a client that has disconnected.
            mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {})
          },
  }
}
