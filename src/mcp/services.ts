import type { Config } from '../config/resolve.js'
import type { ModelSource } from '../policy/model-source.js'
import type { RunServices } from '../runs/services.js'
import type { RequestTelemetry } from '../telemetry/request.js'
import type { Logger } from '../util/logger.js'
import type { InFlight } from './in-flight.js'
import type { ResultStore } from './result-store.js'

/** Holds what the protocol layer needs from the rest of the program; src/app creates it. */
export interface Services extends RunServices {
  readonly version: string
  readonly config: Config
  readonly log: Logger
  readonly models: ModelSource
  /** Tool results that were too long for the model. */
  readonly results: ResultStore
  /** The tool calls in progress, over stdio and HTTP. */
  readonly inFlight: InFlight
  /** The request traces; `undefined` if telemetry is off. */
  readonly telemetry?: RequestTelemetry | undefined
  /** Called when a client has listed the tools, so that it may call one soon. */
  readonly onToolsListed?: (() => void) | undefined
  /** Returns a text without keys, and without credentials in URLs. */
  redact(text: string): string
}
