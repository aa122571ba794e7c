import type { Budget } from '../budget/budget.js'
import type { ConversationManager } from '../conversation/manager.js'
import type { AgentEvent, Emit } from '../events.js'
import type { HookRunner } from '../hooks/hook-runner.js'
import type { Limits } from '../limits.js'
import type { Message } from '../messages/content.js'
import type { MetricsRecorder } from '../metrics/recorder.js'
import type { CacheMemory, Model, ModelRequest } from '../model.js'
import type { Span } from '../span.js'
import type { ParentRun, Tool } from '../tools/tool.js'

import type { RunSignal } from './run-signal.js'
import type { OutputPlan } from './structured-output.js'

/** One run of the loop. `messages` is the transcript: the loop adds to it and may shorten it. */
export interface LoopInput {
  model: Model
  system: ModelRequest['system']
  messages: Message[]
  tools: readonly Tool[]
  output: OutputPlan | undefined
  limits: Limits
  budget: Budget
  hooks: HookRunner | undefined
  conversation: ConversationManager
  run: RunSignal
  /** What a tool is shown of the run. */
  runFor: (emit: ParentRun['emit'], span: Span | undefined) => ParentRun
  /** The run, where somebody watches. */
  span: Span | undefined
  recorder: MetricsRecorder
  emit: Emit<AgentEvent>
  stream: boolean | undefined
  toolsCachePoint: ModelRequest['toolsCachePoint'] | undefined
  cacheMemory: CacheMemory
}
