import type { ConversationManager } from '../conversation/manager.js'
import type { AgentEvent, Emit } from '../events.js'
import type { HookRunner } from '../hooks/hook-runner.js'
import type { Limits } from '../limits.js'
import type { Message } from '../messages/content.js'
import type { CacheMemory, Model, ModelRequest } from '../model.js'
import type { Span } from '../span.js'
import type { Tool } from '../tools/tool.js'
import type { RunContext } from './run-context.js'
import type { OutputPlan } from './structured-output.js'

/** The input of one run of the loop. The loop appends to `messages` and may shorten it. */
export interface LoopInput extends RunContext {
  model: Model
  system: ModelRequest['system']
  messages: Message[]
  tools: readonly Tool[]
  output: OutputPlan | undefined
  limits: Limits
  hooks: HookRunner | undefined
  conversation: ConversationManager
  /** The run's span. `undefined` if tracing is off. */
  span: Span | undefined
  emit: Emit<AgentEvent>
  stream: boolean | undefined
  toolsCachePoint: ModelRequest['toolsCachePoint'] | undefined
  cacheMemory: CacheMemory
  cacheKey: string | undefined
}
