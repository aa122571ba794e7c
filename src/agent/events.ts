import type { JsonValue } from '../util/json.js'
import type { ErrorCode } from './error-codes.js'
import type { Message } from './messages/content.js'
import type { CycleMetrics } from './metrics/types.js'

import type { AgentResult } from './result.js'

/** An event of a run, as plain data. `cycle` counts model calls from 1. */
export type AgentEvent =
  | { type: 'cycleStart'; cycle: number }
  | { type: 'textDelta'; cycle: number; text: string }
  | { type: 'reasoningDelta'; cycle: number; text: string }
  | { type: 'toolUseStart'; cycle: number; name: string }
  | { type: 'modelRetry'; cycle: number; attempt: number; delayMs: number; code: ErrorCode }
  | { type: 'cycleEnd'; cycle: number; metrics: CycleMetrics }
  | { type: 'message'; message: Message }
  | { type: 'toolStart'; cycle: number; toolUseId: string; name: string; input: JsonValue }
  | {
      type: 'toolEnd'
      cycle: number
      toolUseId: string
      name: string
      status: 'success' | 'error'
      durationMs: number
    }
  | { type: 'notice'; message: string }
  /** An event of an agent that a tool call runs. `agent` is its path of names, starting below this run. */
  | { type: 'childEvent'; agent: string[]; toolUseId: string; event: AgentEvent }
  | { type: 'result'; result: AgentResult }

/** An event sink. If it returns a promise, the sender waits for it before it sends more. */
export type Emit<Event> = (event: Event) => void | Promise<void>
