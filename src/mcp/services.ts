import type { Config } from '../config/resolve.js'
import type { ModelSource } from '../policy/model-source.js'
import type { RunEngine } from '../runs/engine.js'
import type { RunHistory } from '../runs/history/run-history.js'
import type { UsageSource } from '../runs/history/usage-totals.js'
import type { SessionStore } from '../runs/sessions/session-store.js'
import type { RequestTelemetry } from '../telemetry/request.js'
import type { Logger } from '../util/logger.js'
import type { InFlight } from './in-flight.js'
import type { KeptResults } from './kept-results.js'

/** Holds what the protocol layer needs from the rest of the program; src/app creates it. */
export interface Services {
  readonly version: string
  readonly config: Config
  readonly log: Logger
  readonly runs: RunEngine
  readonly usage: UsageSource
  /** The usage and cost data of runs that have ended. */
  readonly history: RunHistory
  /** The store of the conversations between runs. */
  readonly sessions: SessionStore
  readonly models: ModelSource
  /** Tool results that were too long for the model. */
  readonly results: KeptResults
  /** The tool calls in progress, over stdio and HTTP. */
  readonly inFlight: InFlight
  /** Returns the key that signs the state that clients carry and send back. */
  readonly signingKey: () => Uint8Array
  /** The request traces; `undefined` if telemetry is off. */
  readonly telemetry?: RequestTelemetry | undefined
  /** Returns a text without keys, and without credentials in URLs. */
  redact(text: string): string
}
