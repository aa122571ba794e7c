import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as StdioTransport1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as HttpTransport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema, ResultSchema } from '@modelcontextprotocol/sdk/types.js'
import type { JsonObject } from './fake-provider/index.js'
import { type Environment, environment, program, startProgram } from './program.js'

/** The official client in either era, and the one of the first SDK. */
export type ClientKind = '2026' | '2025' | 'sdk1'
export const clientKinds: readonly ClientKind[] = ['2026', '2025', 'sdk1']

export interface CallOptions {
  onprogress?: (progress: { progress: number; message?: string | undefined }) => void
  signal?: AbortSignal
  /** The client's clock, in milliseconds. */
  timeout?: number
  resetTimeoutOnProgress?: boolean
}

export interface Connection {
  call(tool: string, args: JsonObject, options?: CallOptions): Promise<JsonObject>
  request(method: string, params?: JsonObject): Promise<JsonObject>
  close(): Promise<void>
}

/** Who sits at a client and answers its forms; a client without one has no forms. */
export type Person = (message: string) => Filled | Promise<Filled>

// An interface would not fit the SDKs' types, which may hold more.
export type Filled = {
  action: 'accept' | 'decline' | 'cancel'
  content?: Record<string, string | number | boolean | string[]>
}

export type Door = 'stdio' | 'http'

export interface HttpServer {
  url: string
  token: string
  pid: number
  stderr(): string
  stop(): Promise<void>
}

/** Starts the program over HTTP on a free port; `token`: whether it makes one up, where it is given none. */
export async function startHttp(
  env: Environment,
  args: readonly string[] = [],
  token: 'generated' | 'none' = args.includes('--no-auth') ? 'none' : 'generated',
): Promise<HttpServer> {
  const server = startProgram(['http', '--port', '0', ...args], env)
  const [, url] = await server.until('stderr', /Listening on (\S+)/)
  const given = token === 'none' ? '' : env.LITELLM_AGENTS_AUTH_TOKEN
  const generated =
    given === undefined
      ? await server.until('stderr', /Bearer token for this run: (\S+)/)
      : undefined
  return {
    url: url as string,
    token: given ?? generated?.[1] ?? '',
    pid: server.child.pid as number,
    stderr: server.stderr,
    stop: server.stop,
  }
}

/** A client of its own server process, over stdin and stdout; `at` is another copy of the program. */
export function connectStdio(
  kind: ClientKind,
  env: Environment,
  args: readonly string[] = [],
  at = program,
  person?: Person,
) {
  const start = {
    command: process.execPath,
    args: [at, ...args],
    env: environment(env),
    stderr: 'ignore' as const,
  }
  return kind === 'sdk1'
    ? open1(new StdioTransport1(start), person)
    : open2(kind, new StdioClientTransport(start), person)
}

export function connectHttp(
  kind: ClientKind,
  { url, token }: Pick<HttpServer, 'url' | 'token'>,
  person?: Person,
  name = 'test',
) {
  const requestInit = token ? { headers: { authorization: `Bearer ${token}` } } : {}
  return kind === 'sdk1'
    ? open1(new HttpTransport1(new URL(url), { requestInit }), person, name)
    : open2(kind, new StreamableHTTPClientTransport(new URL(url), { requestInit }), person, name)
}

/** A client at either door of a server with this environment, and an end to both. */
export async function connect(kind: ClientKind, door: Door, env: Environment): Promise<Connection> {
  if (door === 'stdio') return connectStdio(kind, env)
  const server = await startHttp(env)
  const connection = await connectHttp(kind, server)
  return {
    ...connection,
    close: async () => {
      await connection.close()
      await server.stop()
    },
  }
}

async function open2(
  kind: '2026' | '2025',
  transport: StdioClientTransport | StreamableHTTPClientTransport,
  person: Person | undefined,
  name = 'test',
): Promise<Connection> {
  const client = new Client(
    { name, version: '1' },
    {
      versionNegotiation: { mode: kind === '2026' ? { pin: '2026-07-28' } : 'legacy' },
      capabilities: person ? { elicitation: {} } : {},
    },
  )
  if (person) client.setRequestHandler('elicitation/create', ({ params }) => person(params.message))
  await client.connect(transport)
  // What a client knows of the tools' output schemas it holds their results to.
  await client.listTools()
  return {
    call: (name, args, options) => client.callTool({ name, arguments: args }, options),
    request: (method, params = {}) =>
      client.request({ method: method as 'resources/read', params }),
    close: () => client.close(),
  }
}

async function open1(
  transport: StdioTransport1 | HttpTransport1,
  person: Person | undefined,
  name = 'test',
): Promise<Connection> {
  const capabilities = person ? { elicitation: {} } : {}
  const client = new Client1({ name, version: '1' }, { capabilities })
  if (person) client.setRequestHandler(ElicitRequestSchema, ({ params }) => person(params.message))
  await client.connect(transport as Parameters<typeof client.connect>[0])
  await client.listTools()
  return {
    call: (name, args, options) =>
      client.callTool(
        { name, arguments: args },
        undefined,
        options as Parameters<typeof client.callTool>[2],
      ),
    request: (method, params = {}) =>
      client.request({ method, params }, ResultSchema.passthrough()),
    close: () => client.close(),
  }
}
