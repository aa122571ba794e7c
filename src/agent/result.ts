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

/** How a run ended. `usage` is this run's (`null`: no provider told), `output` the validated object. */
export class AgentResult<Output = unknown> {
  readonly text: string
  readonly stopReason: StopReason
  readonly usage: Usage | null
  readonly metrics: Metrics
  /** The last message of the model; `null` where it said nothing. */
  readonly message: Message | null
  readonly output: Output | undefined
  readonly limit: LimitHit | undefined
  /** How many objects the model offered until one was valid; `undefined` where none was asked for. */
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

  /** The answer: the text, or the object as JSON where the model gave only that. */
  toString(): string {
    return this.text === '' && this.output !== undefined ? JSON.stringify(this.output) : this.text
  }
}
