import {
  type CallToolResult,
  type Client,
  type Tool as McpTool,
  ProtocolError,
  SdkError,
  SdkErrorCode,
} from '@modelcontextprotocol/client'
import { ToolFailure } from '../../agent/tools/tool.js'
import type { McpServerConfig } from '../../config/mcp-servers.js'
import { matchesAny } from '../../util/glob.js'
import type { JsonObject } from '../../util/json.js'
import { untilAborted } from '../../util/until-aborted.js'
import { wellFormed } from '../../util/well-formed.js'
import { restartDelayMs } from './backoff.js'
import { connect, disconnect } from './connect.js'
import { type Loss, lossOf } from './loss.js'
import { toolName } from './names.js'

export interface McpServerOptions {
  readonly version: string
  readonly log: ToolsetLog
  /** How long a server that is no longer configured stays for runs that use it. Default: 10 minutes. */
  readonly lingerMs?: number
}

export interface ListOptions {
  signal: AbortSignal
  /** Only tools that declare themselves read-only. */
  readOnly?: boolean
}

/** The log of toolsets, which redacts secrets. */
export interface ToolsetLog {
  debug(message: string): void
  warn(message: string): void
}

const defaultTimeoutSeconds = 60
const defaultLingerMs = 10 * 60_000

/** One configured server. It is started on first use, and again after it was lost. */
export class McpServer {
  private client: Client | undefined
  private opening: Promise<Client> | undefined
  private readonly ending = new AbortController()
  private legacy = false
  /** Consecutive starts and calls that lost the server. */
  private failures = 0
  private retryAt = 0
  private lastFailure = ''
  private working = 0
  private linger: NodeJS.Timeout | undefined

  constructor(
    readonly name: string,
    readonly config: McpServerConfig,
    private readonly options: McpServerOptions,
  ) {}

  /** Lists the tools that agents may use, by name. Fails with a plain Error that says why it cannot. */
  async tools({ signal, readOnly }: ListOptions): Promise<McpTool[]> {
    const { tools } = await this.withClient(true, signal, (client) =>
      client.listTools(undefined, { signal, timeout: this.timeoutMs }),
    )
    const changing = !this.config.readOnly && !readOnly
    const byItsName = new Map(tools.map((tool) => [tool.name, tool]))
    return [...byItsName.values()].filter((tool) => this.admits(tool, changing)).sort(byName)
  }

  /** Fails with a ToolFailure for the model to read. */
  async call(
    tool: McpTool,
    input: JsonObject,
    { signal, meta }: { signal: AbortSignal; meta?: JsonObject | undefined },
  ): Promise<CallToolResult> {
    const { readOnlyHint, idempotentHint } = tool.annotations ?? {}
    const repeatable = readOnlyHint === true || idempotentHint === true
    try {
      const result = await this.withClient(repeatable, signal, (client) =>
        client.callTool(
          { name: tool.name, arguments: wellFormed(input), ...(meta && { _meta: meta }) },
          { signal, timeout: this.timeoutMs, toolDefinition: tool },
        ),
      )
      // Many providers and clients refuse a whole message because of one lone surrogate.
      return wellFormed(result)
    } catch (error) {
      if (signal.aborted) throw error
      throw new ToolFailure(`Error: ${this.callFailure(tool.name, error)}`.toWellFormed())
    }
  }

  /** Ends the server once no run has called it for a while. */
  retire(): void {
    const { lingerMs = defaultLingerMs } = this.options
    clearTimeout(this.linger)
    this.linger = setTimeout(() => {
      if (this.working > 0) this.retire()
      else void this.close()
    }, lingerMs)
    this.linger.unref()
  }

  async close(): Promise<void> {
    clearTimeout(this.linger)
    this.ending.abort()
    const client = this.client ?? (await this.opening?.catch(() => undefined))
    this.client = undefined
    if (client) await disconnect(client).catch(() => {})
  }

  private get timeoutMs(): number {
    return (this.config.timeoutSeconds ?? defaultTimeoutSeconds) * 1000
  }

  private admits({ name, annotations }: McpTool, changing: boolean): boolean {
    const { tools } = this.config
    if (tools && !matchesAny(tools, name)) return false
    return changing || annotations?.readOnlyHint === true
  }

  /** Restarts a lost server once, and repeats the work if that is safe. */
  private async withClient<T>(
    repeatable: boolean,
    signal: AbortSignal,
    work: (client: Client) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const client = await this.connected(signal)
      this.working++
      try {
        const result = await work(client)
        this.failures = 0
        return result
      } catch (error) {
        const loss = lossOf(error)
        if (!loss) throw error
        this.lose(client, reason(error))
        if (attempt > 1 || !(repeatable || loss === 'unsent')) throw new LostServer(loss)
      } finally {
        this.working--
        if (this.linger) this.retire()
      }
    }
  }

  private async connected(signal: AbortSignal): Promise<Client> {
    if (this.client) return this.client
    const wait = this.retryAt - Date.now()
    if (!this.opening && wait > 0)
      throw new Error(
        `${this.lastFailure} The next start is in ${Math.ceil(wait / 1000)} seconds at the earliest.`,
      )
    this.opening ??= this.open().finally(() => {
      this.opening = undefined
    })
    const { aborted, stop } = untilAborted(signal)
    try {
      return await Promise.race([this.opening, aborted])
    } finally {
      stop()
    }
  }

  private async open(): Promise<Client> {
    const { version, log } = this.options
    try {
      const client = await connect(this.config, {
        version,
        legacy: this.legacy,
        signal: this.ending.signal,
        onClosed: (closed) => this.lose(closed, 'The server ended.'),
        onLogLine: (line) => log.debug(`MCP server ${this.name}: ${line}`),
      })
      this.legacy = client.getProtocolEra() === 'legacy'
      this.client = client
      return client
    } catch (error) {
      this.failed(`The server could not be started: ${reason(error)}`)
      throw new Error(this.lastFailure)
    }
  }

  /** Counts a loss once, because calls and the connection both report it. */
  private lose(client: Client, why: string): void {
    if (this.client !== client) return
    this.client = undefined
    this.failed(why)
    client.close().catch(() => {})
  }

  private failed(why: string): void {
    if (this.ending.signal.aborted) return
    this.failures++
    this.lastFailure = why
    this.retryAt = Date.now() + restartDelayMs(this.failures)
    this.options.log.warn(`MCP server ${this.name}: ${why}`)
  }

  private callFailure(tool: string, error: unknown): string {
    const name = toolName(this.name, tool)
    if (error instanceof LostServer)
      return error.loss === 'unsent'
        ? `${name} cannot be reached: its server ended.`
        : `the server of ${name} ended during the call, which may have done its work or not. Find out before you call it again.`
    if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout)
      return `${name} did not answer within ${this.timeoutMs / 1000} seconds.`
    if (error instanceof SdkError && error.code === SdkErrorCode.UnsupportedResultType)
      return `${name} asks a person for something before it goes on, and there is none to ask.`
    if (error instanceof ProtocolError) return `${name} refused the call: ${error.message}`
    return `${name} cannot be used: ${reason(error)}`
  }
}

function byName({ name: one }: McpTool, { name: other }: McpTool): number {
  return one < other ? -1 : 1
}

class LostServer extends Error {
  constructor(readonly loss: Loss) {
    super('The server ended.')
  }
}

/** Returns the messages of an error and its causes, without repetition. */
function reason(error: unknown): string {
  const parts: string[] = []
  let cause = error
  while (cause instanceof Error) {
    const { message } = cause
    if (message && !parts.some((part) => part.includes(message))) parts.push(message)
    cause = cause instanceof AggregateError ? cause.errors[0] : cause.cause
  }
  const text = parts.length > 0 ? parts.join(': ') : String(error)
  return /[.!?]$/.test(text) ? text : `${text}.`
}
