import type { ModelEvent, ModelRequest } from '../../agent/model.js'
import type { ModelInfo } from '../model-info.js'
import type { Route } from '../route.js'
import type { CallSettings } from '../settings.js'

/** One model call, ready for a wire. */
export interface WireCall {
  request: ModelRequest
  route: Route
  settings: CallSettings
  /** What is known of the model; not of what stands behind a proxy. */
  info: ModelInfo | undefined
  /** `false`: one JSON reply instead of a stream. */
  stream: boolean
  signal: AbortSignal
}

/**
 * A wire makes one call, without retries: deltas as they come, then exactly one reply. It fails
 * with an AgentError, and ends or fails soon after `signal` aborts.
 */
export type Wire = (call: WireCall) => AsyncIterable<ModelEvent>
