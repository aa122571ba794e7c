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

/** `any` requires a call of some tool, `tool` a call of the named one. */
export type ToolChoice = { type: 'auto' } | { type: 'any' } | { type: 'tool'; name: string }

export interface ModelRequest {
  messages: readonly Message[]
  system: readonly SystemContentBlock[]
  tools: readonly ToolSpec[]
  /** A cache point after the tool list. */
  toolsCachePoint?: CachePointBlock['cachePoint']
  toolChoice?: ToolChoice
  /** @internal */
  cacheMemory?: CacheMemory
  /** Names the conversation, so that a provider can send all its calls to the same cache. */
  cacheKey?: string
  /** Overrides the model's own parameters of the same names, for this call only. */
  params?: Readonly<JsonObject>
}

/** For each cache point, a digest of what preceded it when it was last sent. Kept between an agent's calls. */
export type CacheMemory = Map<string, string>

export interface ModelCallOptions {
  signal: AbortSignal
  /** Set to `false` for one JSON response instead of a stream. Default: the model's own setting. */
  stream?: boolean
  /**
   * Set if the run has token or cost limits. A model that can bound a call reserves before it sends.
   * @internal
   */
  budget?: CallBudget
  /** Sent with the call, so that the provider or proxy can continue the trace. */
  trace?: TraceContext
}

/** Reserves the most that a call can use from what is left of the limits. */
export interface CallBudget {
  /**
   * Must be called before each attempt. Replaces the previous attempt's reservation. Waits for
   * parallel calls. Fails with `limitReached` if not even the input fits.
   */
  reserve(need: CallNeed, signal: AbortSignal): Promise<CallGrant>
  /** Reports that the attempt failed in a way that may have cost up to the reserved amount. */
  brokeOff(): void
}

/** The most that one attempt at a call can use. */
export interface CallNeed {
  inputTokens: number
  /** A lower bound of the input tokens, below which the call cannot fit. */
  minInputTokens: number
  /** The maximum output length. Infinity if unknown. */
  outputTokens: number
  /** The shortest output limit that the provider accepts for this call. */
  leastOutputTokens: number
  /** The most it can cost, in USD. `null` if unknown. */
  price: { input: number; perOutputToken: number } | null
}

/** If `limitedBy` is set, the call must send `outputTokens` as its output limit. */
export interface CallGrant {
  outputTokens: number
  limitedBy?: LimitName
  /** A limit that is set and cannot be enforced, because the most that the call costs is unknown. */
  unenforced?: LimitName
}

export interface ModelReply extends CallReport {
  message: Message
  stopReason: StopReason
  /** The provider's own finish reason. */
  rawStopReason: string | null
}

/** An event of a model call: deltas as they arrive, then exactly one reply. */
export type ModelEvent =
  | { type: 'textDelta'; text: string }
  | { type: 'reasoningDelta'; text: string }
  | { type: 'toolUseStart'; name: string }
  | { type: 'retry'; attempt: number; delayMs: number; code: ErrorCode }
  | { type: 'notice'; message: string }
  | { type: 'reply'; reply: ModelReply }

/** An event of a model call before its reply. */
export type CallEvent = Exclude<ModelEvent, { type: 'reply' }>

/** A provider of model calls. Every error it throws is an AgentError. */
export interface Model {
  readonly modelId: string
  stream(request: ModelRequest, options: ModelCallOptions): AsyncIterable<ModelEvent>
  /** Makes the same call with an event sink instead of an iterator, which is faster. */
  call?(
    request: ModelRequest,
    options: ModelCallOptions,
    emit: Emit<CallEvent>,
  ): Promise<ModelReply>
}

/** A tool as described to the model. */
export interface ToolSpec {
  name: string
  description: string
  inputSchema: JsonObject
}
