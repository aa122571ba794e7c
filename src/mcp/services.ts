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

/** What the protocol layer needs from the rest of the program; src/app creates it. */
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
  readonly telemetry?: RequestTelemetry | undefined
  /** A text without keys, and without credentials in addresses. */
  redact(text: string): string
}
