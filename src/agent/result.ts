import type { LimitHit } from './limits.js'
import type { Message, StopReason } from './messages/content.js'
import type { Metrics } from './metrics/types.js'

import type { Usage } from './metrics/usage.js'

export interface AgentResultInit {
  text: string
  stopReason: StopReason
  usage: Usage | null
  metrics: Metrics
  message: Message | null
  output?: unknown
  limit?: LimitHit
  attempts?: number
}

/** The result of a run. `usage` covers this run (`null` if no provider reported it). */
export class AgentResult<Output = unknown> {
  readonly text: string
  readonly stopReason: StopReason
  readonly usage: Usage | null
  readonly metrics: Metrics
  /** The model's last message. `null` if there is none. */
  readonly message: Message | null
  /** The validated object. `undefined` if none was requested. */
  readonly output: Output | undefined
  readonly limit: LimitHit | undefined
  /** How many objects the model gave until one was valid. `undefined` if none was requested. */
  readonly attempts: number | undefined

  constructor(init: AgentResultInit) {
    this.text = init.text
    this.stopReason = init.stopReason
    this.usage = init.usage
    this.metrics = init.metrics
    this.message = init.message
    this.output = init.output as Output | undefined
    this.limit = init.limit
    this.attempts = init.attempts
  }

  /** Returns the text, or the object as JSON if there is no text. */
  toString(): string {
    return this.text === '' && this.output !== undefined ? JSON.stringify(this.output) : this.text
  }
}
