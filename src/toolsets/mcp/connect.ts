import {
  Client,
  type JsonSchemaValidator,
  type jsonSchemaValidator,
  SdkError,
  SdkErrorCode,
  SSEClientTransport,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client'
import type { HttpServerConfig, McpServerConfig } from '../../config/mcp-servers.js'
import { networkFetch } from '../../util/network/fetch.js'
import { ChildTransport } from './child-transport.js'

export interface ConnectOptions {
  readonly version: string
  /** Whether the server is known to speak only the 2025 protocol. */
  readonly legacy: boolean
  readonly signal: AbortSignal
  onClosed(client: Client): void
  /** Logs what a child prints to stderr, and errors of the client. */
  onLogLine(line: string): void
}

/** `npx` may have to download the server first. */
const startTimeoutMs = 60_000
/** Some servers of the 2025 era do not answer an unknown request. */
const probeTimeoutMs = 20_000
/** How long a list of tools is valid if the server does not say. */
const listTtlMs = 5 * 60_000

/** Connects a client to a server of either era. */
export async function connect(config: McpServerConfig, options: ConnectOptions): Promise<Client> {
  try {
    return await open(config, options)
  } catch (error) {
    // Some servers exit at the first message that they do not know.
    const ended = error instanceof SdkError && error.code === SdkErrorCode.EraNegotiationFailed
    if (!ended || 'url' in config || options.legacy || options.signal.aborted) throw error
    return open(config, { ...options, legacy: true })
  }
}

async function open(config: McpServerConfig, options: ConnectOptions): Promise<Client> {
  const { version, onClosed, onLogLine } = options
  const legacy = options.legacy || ('type' in config && config.type === 'sse')
  // The client declares no capabilities, so the server does not send requests such as sampling.
  const client = new Client(
    { name: 'litellm-agents-mcp', version },
    {
      versionNegotiation: { mode: 'auto', probe: { timeoutMs: probeTimeoutMs } },
      inputRequired: { autoFulfill: false },
      // The client drops its list of tools when the server reports a change.
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => {} } },
      defaultCacheTtlMs: listTtlMs,
      jsonSchemaValidator: unchecked,
    },
  )
  client.onclose = () => onClosed(client)
  client.onerror = (error) => onLogLine(error.message)
  const transport = 'url' in config ? httpTransport(config) : new ChildTransport(config, onLogLine)
  const late = AbortSignal.timeout(startTimeoutMs)
  const signal = AbortSignal.any([options.signal, late])
  const stop = () => void transport.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    signal.throwIfAborted()
    await client.connect(transport, {
      signal,
      timeout: startTimeoutMs,
      ...(legacy && { prior: { kind: 'legacy' } }),
    })
    return client
  } catch (error) {
    await transport.close().catch(() => {})
    throw late.aborted
      ? new Error(`The server did not answer within ${startTimeoutMs / 1000} seconds.`)
      : error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function httpTransport({ url, headers, type }: HttpServerConfig) {
  const Transport = type === 'sse' ? SSEClientTransport : StreamableHTTPClientTransport
  return new Transport(new URL(url), { requestInit: { headers }, fetch: networkFetch })
}

/** Accepts every result, because a model can read one that does not match its schema. */
const unchecked: jsonSchemaValidator = {
  getValidator:
    <T>(): JsonSchemaValidator<T> =>
    (input) => ({ valid: true, data: input as T, errorMessage: undefined }),
}

/** Ends the session with a server, and the server if it is a child process. */
export async function disconnect(client: Client): Promise<void> {
  const { transport } = client
  if (transport instanceof StreamableHTTPClientTransport) {
    const timeout = new Promise((resolve) => setTimeout(resolve, 1_000).unref())
    await Promise.race([transport.terminateSession().catch(() => {}), timeout])
  }
  await client.close()
}
