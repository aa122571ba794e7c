import type { ListedModel } from '../agent/listed-model.js'
import type { Span } from '../agent/span.js'
import type { TraceContext } from '../agent/trace-context.js'
import type { Config } from '../config/resolve.js'
import type { RunEngine } from '../runs/engine.js'
import type { KeptResults } from '../runs/kept-results.js'
import type { RunHistory } from '../runs/run-history.js'
import type { SessionStore } from '../runs/session-store.js'
import type { UsageSource } from '../runs/usage-totals.js'
import type { InFlight } from './in-flight.js'

/** What the front door needs of the rest of the house; the program puts it together. */
export interface Services {
  readonly version: string
  readonly config: Config
  readonly log: Logger
  readonly runs: RunEngine
  readonly usage: UsageSource
  /** Figures of runs that have ended. */
  readonly history: RunHistory
  /** The conversations between runs. */
  readonly sessions: SessionStore
  readonly models: ModelSource
  /** Results of tools that were cut for the model. */
  readonly results: KeptResults
  /** Calls being worked on, at either door. */
  readonly inFlight: InFlight
  /** Signs what clients carry for us, and bring back. */
  readonly signingKey: () => Uint8Array
  /** Absent: nobody asked for any. */
  readonly telemetry?: Telemetry | undefined
  /** A text without keys, and without credentials in addresses. */
  redact(text: string): string
}

/** Models by id, with the operator's connection settings already in. */
export interface ModelSource {
  /** Where an id leads, without a call. Fails with an AgentError. */
  route(modelId: string): RouteFacts
  list(): Promise<readonly ListedModel[]>
}

export interface RouteFacts {
  readonly kind: 'proxy' | 'direct' | 'offline'
  /** The one spelling of a route, `provider/model`. */
  readonly id: string
  /** `null`: the operator gave no key. */
  readonly keySource: string | null
  /** `default`: the operator gave no address. */
  readonly baseSource: string
}

/** Watches requests. */
export interface Telemetry {
  request(start: RequestStart): Pick<Span<RequestEnd>, 'context' | 'end'>
}

export interface RequestEnd {
  /** The kind of failure by MCP's conventions; `undefined`: none. */
  readonly error?: string | undefined
  /** Of the AgentError that a tool answered with. */
  readonly code?: string | undefined
}

export interface RequestStart {
  readonly method: string
  /** The tool. */
  readonly target?: string
  readonly parent: TraceContext | undefined
  readonly principal: string
  readonly sessionId?: string
  readonly requestId: string
  readonly overHttp: boolean
}

export type LogFields = Readonly<Record<string, unknown>>

/** The server's log. It never holds a prompt or an answer. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}
