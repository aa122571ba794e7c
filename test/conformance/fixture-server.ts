import {
  type McpRequestContext,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { createLogger } from '../../src/app/logger.js'
import { resolveConfig } from '../../src/config/resolve.js'
import { createElicitor, formStateCodec } from '../../src/mcp/calls/elicitation.js'
import { takesTasks } from '../../src/mcp/calls/tasks.js'
import { type HttpServer, serveHttp } from '../../src/mcp/http/server.js'
import { InFlight } from '../../src/mcp/in-flight.js'
import { readResource, resources, resourceTemplates } from '../../src/mcp/resources/resources.js'
import { ResultStore } from '../../src/mcp/result-store.js'
import { serverFactory } from '../../src/mcp/server.js'
import type { Services } from '../../src/mcp/services.js'
import type { ToolAnswer } from '../../src/mcp/tool-call.js'

import { localPrincipal } from '../../src/policy/allowance.js'
import { MemoryRunHistory } from '../../src/runs/history/run-history.js'
import { MemoryUsageTotals } from '../../src/runs/history/usage-totals.js'
import { InProcessEngine } from '../../src/runs/in-process/in-process-engine.js'
import { MemorySessions } from '../../src/runs/sessions/memory-sessions.js'
import { askingTools, type Mint } from './asking-tools.js'
import {
  fixturePrompts,
  fixtureResources,
  fixtureTemplates,
  getFixture,
  readFixture,
} from './content.js'
import { type FixtureTool, plainTools } from './plain-tools.js'
import { buildRun, taskTools } from './task-tools.js'

/** Our HTTP door, with the tools that the official suite asks for, and its resources beside our own. */
export async function serveFixtures(): Promise<HttpServer> {
  const services = fixtureServices()
  const ours = serverFactory(services)
  const door: HttpServer = await serveHttp(services, 'open', {
    makeServer: (context) => withFixtures(ours(context), context, services, door),
  })
  return door
}

function fixtureServices(): Services {
  const key = crypto.getRandomValues(new Uint8Array(32))
  const config = resolveConfig({ env: {}, flags: { port: 0 } })
  return {
    version: '0.0.0',
    config,
    log: createLogger('error', (text) => text),
    runs: new InProcessEngine(buildRun, new MemorySessions(), {
      ...config.runs,
      admit: async ({ limits }) => ({ limits, settle: async () => {} }),
      onEnd: () => {},
    }),
    usage: new MemoryUsageTotals(),
    history: new MemoryRunHistory(),
    sessions: new MemorySessions(),
    models: {
      route: (id) => ({ kind: 'offline', id, keySource: null, baseSource: 'default' }),
      list: async () => [],
      available: async () => [],
    },
    results: new ResultStore(),
    inFlight: new InFlight(),
    signingKey: () => key,
    redact: (text) => text,
  }
}

const anything = { type: 'object' } as const

function withFixtures(
  server: Server,
  { authInfo, era }: McpRequestContext,
  services: Services,
  door: HttpServer,
): Server {
  const principal = authInfo?.clientId ?? localPrincipal
  const codec = formStateCodec(services.signingKey(), principal, 60)
  const mint = codec.mint as Mint
  const callOf = (context: ServerContext) => ({
    principal,
    signal: context.mcpReq.signal,
    takesTasks: takesTasks(context),
    elicitor: createElicitor(server, context, era, () => codec),
    trace: undefined,
  })
  const tools: Record<string, FixtureTool<ToolAnswer>> = {
    ...plainTools((changes) => door.announce(changes)),
    ...askingTools(mint),
    ...taskTools(services, callOf, mint),
  }
  const listed = Object.entries(tools).map(([name, { inputSchema = anything }]) => ({
    name,
    description: `Tests ${name}`,
    inputSchema,
  }))

  server.registerCapabilities({ logging: {}, resources: { subscribe: true } })
  server.setRequestHandler('tools/list', () => ({ tools: listed }))
  server.setRequestHandler('tools/call', ({ params }, context) => {
    const tool = Object.hasOwn(tools, params.name) ? tools[params.name] : undefined
    if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such tool.')
    return tool.call(params.arguments ?? {}, context)
  })
  server.setRequestHandler('resources/list', () => ({
    resources: [...resources, ...fixtureResources],
  }))
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: [...resourceTemplates, ...fixtureTemplates],
  }))
  server.setRequestHandler(
    'resources/read',
    ({ params }) => readFixture(params.uri) ?? readResource(params.uri, principal, services),
  )
  server.setRequestHandler('prompts/list', () => ({ prompts: fixturePrompts }))
  server.setRequestHandler('prompts/get', ({ params }, context) => {
    const prompt = getFixture(params.name, params.arguments ?? {}, context)
    if (!prompt) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'No such prompt.')
    return prompt
  })
  if (era === 'legacy')
    for (const method of [
      'resources/subscribe',
      'resources/unsubscribe',
      'logging/setLevel',
    ] as const)
      server.setRequestHandler(method, () => ({}))
  return server
}
