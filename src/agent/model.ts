import type { JsonObject } from '../util/json.js'
import type { TraceContext } from '../util/trace-context.js'
import type { ErrorCode } from './error-codes.js'
import type { Emit } from './events.js'
import type { LimitName } from './limits.js'
import type {
  CachePointBlock,
  Message,
  StopReason,
  SystemContentBlock,
} from './messages/content.js'
import type { CallReport } from './metrics/types.js'

/** `any`: some tool must be called; `tool`: this one. */
export type ToolChoice = { type: 'auto' } | { type: 'any' } | { type: 'tool'; name: string }

export interface ModelRequest {
  messages: readonly Message[]
  system: readonly SystemContentBlock[]
  tools: readonly ToolSpec[]
  /** A cache point after the tool list. */
  toolsCachePoint?: CachePointBlock['cachePoint']
  toolChoice?: ToolChoice
  cacheMemory?: CacheMemory
  /** Stands before the model's own parameters of the same names, for this call. */
  params?: Readonly<JsonObject>
}

/** By cache point, what preceded it when it was last sent. Its agent keeps it between calls. */
export type CacheMemory = Map<string, string>

export interface ModelCallOptions {
  signal: AbortSignal
  /** `false`: nobody listens, so one JSON reply is as good as a stream. Default: the model's own setting. */
  stream?: boolean
  /** There where the run is capped. A model that knows what a call can take asks before it sends one. */
  budget?: CallBudget
  /** Goes along with the call, for whoever traces it further. */
  trace?: TraceContext
}

/** Holds the most that a call can take against what is left of the limits. */
export interface CallBudget {
  /**
   * To be asked before each attempt; replaces what the one before held. Waits for calls side by
   * side; fails with `limitReached` where not even the input fits.
   */
  reserve(need: CallNeed, signal: AbortSignal): Promise<CallGrant>
  /** The attempt failed in such a way that it may have cost what it could. */
  brokeOff(): void
}

/** The most that one attempt at a call can take. */
export interface CallNeed {
  inputTokens: number
  /** The longest answer there can be; Infinity where nobody knows. */
  outputTokens: number
  /** With less room than this a call is not worth sending, or would be refused. */
  leastOutputTokens: number
  /** Whether the request itself says how long: only then is an answer shortened for a limit on tokens. */
  asked: boolean
  /** USD, at most; `null`: unknown. */
  price: { input: number; perOutputToken: number } | null
}

/** `outputTokens` is what the answer has to be limited to where `limitedBy` says so. */
export interface CallGrant {
  outputTokens: number
  limitedBy?: LimitName
}

export interface ModelReply extends CallReport {
  message: Message
  stopReason: StopReason
  /** The provider's own word for why it stopped. */
  rawStopReason: string | null
}

/** What a model call yields, in order: deltas as they come, then exactly one reply. */
export type ModelEvent =
  | { type: 'textDelta'; text: string }
  | { type: 'reasoningDelta'; text: string }
  | { type: 'toolUseStart'; name: string }
  | { type: 'retry'; attempt: number; delayMs: number; code: ErrorCode }
  | { type: 'notice'; message: string }
  | { type: 'reply'; reply: ModelReply }

/** What a model call tells before its reply. */
export type CallEvent = Exclude<ModelEvent, { type: 'reply' }>

/** A provider of model calls. Fails with an AgentError and nothing else. */
export interface Model {
  readonly modelId: string
  stream(request: ModelRequest, options: ModelCallOptions): AsyncIterable<ModelEvent>
  /** The same call for those who are told of it instead of taking its events one by one, which costs less. */
  call?(
    request: ModelRequest,
    options: ModelCallOptions,
    tell: Emit<CallEvent>,
  ): Promise<ModelReply>
}

/** What a model is told about a tool. */
export interface ToolSpec {
  name: string
  description: string
  inputSchema: JsonObject
}
