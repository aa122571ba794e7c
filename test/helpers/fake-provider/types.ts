import type { MannerName } from './manners/index.js'
import type { RenderedStream } from './reply.js'

/** The scripted upstream's words. Nothing here, or in this folder, comes from src/. */

// biome-ignore lint/suspicious/noExplicitAny: parsed JSON of unknown shape, read freely by tests
export type JsonObject = { [key: string]: any }

export type Wire = 'openai' | 'responses' | 'anthropic' | 'bedrock' | 'google'

type ToolCallStep = {
  id?: string
  name: string
  /** A string is sent verbatim, also where it is not JSON. */
  arguments: string | object
}

/** One scripted reply, the same for every wire and for streams and JSON. */
export type Step = {
  text?: string
  /** The text in exactly these pieces. */
  chunks?: string[]
  /** Addresses, or data URLs, as LiteLLM's `images`; OpenAI's wire alone has them. */
  images?: string[]
  reasoning?: { text: string; signature?: string }
  toolCalls?: ToolCallStep[]
  /** stop, tool_calls, length and content_filter are said in the wire's own word; others verbatim. */
  stopReason?: 'stop' | 'tool_calls' | 'length' | 'content_filter' | (string & {}) | null
  /** The wire's usage object as it is; null: none is reported. */
  usage?: JsonObject | null
  /** Before the headers. */
  delayMs?: number
  /** Between the headers and the first event. */
  firstChunkDelayMs?: number
  /** Between two events that carry content. */
  betweenChunksMs?: number
  /** A whole HTTP answer as it is, instead of a reply. Without a body: the wire's usual error. */
  raw?: { status: number; headers?: Record<string, string>; body?: string | object }
  /** These bytes as the stream, instead of a reply. */
  rawEvents?: (string | Uint8Array)[]
  /**
   * done: as usual. noDone: without [DONE], message_stop or messageStop. reset: after the content, a TCP reset
   * instead of finish reason and usage. hang: the same, but the connection stays open in silence.
   */
  end?: 'done' | 'noDone' | 'reset' | 'hang'
  /** Cuts the answer into writes of this many bytes. */
  splitBytes?: number
  /** OpenAI streams: each call whole, all with index 0 (as Ollama does) or with no index. */
  toolIndex?: 'index0' | 'none'
  /** Tool calls come without ids. */
  omitIds?: boolean
  headers?: Record<string, string>
  /** Changes the events of a stream, to say what no provider should. */
  rewrite?: (stream: RenderedStream, wire: Wire) => RenderedStream
}

export type StepFunction = (request: ModelRequest) => Step | Promise<Step>

export type OfferedTool = { name: string; description: string; inputSchema: JsonObject }

/** What a request asks for, whichever wire it came on. */
export type ModelRequest = {
  wire: Wire
  model: string
  stream: boolean
  /** OpenAI streams only report usage when asked to. */
  includeUsage: boolean
  /** All system text, joined by newlines. */
  system: string
  /** The newest text a user wrote. */
  lastUserText: string
  /** The tool results that wait for an answer; empty once the user has spoken after them. */
  toolResults: { id: string; text: string }[]
  tools: OfferedTool[]
  /** A tool's name, 'any', or null where the model is free. */
  forcedTool: string | null
  /** The JSON Schema of response_format / output_config.format, or null. */
  responseSchema: JsonObject | null
  headers: Record<string, string>
  body: JsonObject
}

export type RecordedRequest = {
  method: string
  path: string
  /** Lower-case names. */
  headers: Record<string, string>
  /** Parsed JSON; {} where there was none. */
  body: JsonObject
  rawBody: string
  wire: Wire | 'other'
  /** Milliseconds since the epoch. */
  receivedAt: number
  /** When the provider had sent, or given up on purpose, the whole answer. */
  finishedAt?: number
  /** When the client closed the connection before the answer's end. */
  abortedAt?: number
  /** The tokens that an answer was given for, whether it arrived or not. */
  billed?: Bill
}

/** `input` is what was neither read from the cache nor written to it. */
export type Bill = {
  input: number
  read: number
  written5m: number
  written1h: number
  output: number
}

export type FakeProviderOptions = {
  /** Below this many tokens a prefix is not cached. Default 1024. */
  minCacheTokens?: number
  /** What GET /v1/models lists. */
  models?: string[]
  /** The provider whose rules apply. Default: none. */
  manners?: MannerName
}

export type FakeProvider = {
  /** http://127.0.0.1:PORT, without /v1 */
  readonly url: string
  readonly port: number
  /** The provider whose rules apply. `reset` sets it back to that of the options. */
  manners: MannerName | undefined
  /** Every request, in order of arrival. */
  readonly requests: RecordedRequest[]
  /** Those that asked a model. */
  readonly modelRequests: RecordedRequest[]
  /** Queues replies: one per model request, in order. An empty queue means the default behaviour. */
  script(...steps: (Step | StepFunction)[]): void
  /** How many queued replies are left. */
  readonly pendingSteps: number
  /** The names of the caches that Google's wire has. A test may take one away. */
  readonly cachedContents: Map<string, unknown>
  /** Forgets requests, queue and caches. */
  reset(): void
  /** Resolves with the predicate's first truthy value; looks again whenever something happens. */
  waitFor<T>(predicate: (provider: FakeProvider) => T, timeoutMs?: number): Promise<NonNullable<T>>
  /** Stops the server and cuts every connection. */
  close(): Promise<void>
}
