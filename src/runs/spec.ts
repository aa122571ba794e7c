import type { CoreRunOptions } from '../agent/agent.js'
import type { ConversationConfig } from '../agent/conversation/config.js'
import type { Limits } from '../agent/limits.js'
import type { ContentBlock, SystemContentBlock } from '../agent/messages/content.js'
import type { Model } from '../agent/model.js'
import type { Span } from '../agent/span.js'
import type { Tool } from '../agent/tools/tool.js'
import type { JsonObject } from '../util/json.js'
import type { TraceContext } from '../util/trace-context.js'

/** One run, with everything decided, as plain JSON: it can be stored, and resumed elsewhere. */
export interface RunSpec {
  tool: 'run_agent' | 'structured_extract'
  /** Who pays for it, and may see it. */
  principal: string
  /** The profile; empty: none. */
  agent: string
  modelId: string
  params: JsonObject
  /** Models to ask where the one that was named fails. */
  fallbacks?: string[]
  cache?: 'auto'
  /** How the conversation is kept short. */
  conversation?: ConversationConfig
  prompt: string | ContentBlock[]
  systemPrompt?: string | SystemContentBlock[]
  /** Built-in ones by name, `agent_<profile>`, `server/tool` and globs of these; permitted already. */
  tools: string[]
  /** Only tools that say they change nothing. */
  readOnly?: boolean
  /** Globs of tools whose calls a person must allow. */
  approval?: string[]
  limits: Limits
  /** How many agents may work below one another under this one. */
  maxDepth?: number
  output?: OutputSpec
  sessionId?: string
  /** The caller's trace, which the run goes on with. */
  trace?: TraceContext
}

export interface OutputSpec {
  schema: JsonObject
  name?: string
  description?: string
  /** Ask for nothing but the object. */
  force?: boolean
  maxAttempts?: number
}

/** What a spec names, as the objects that do the work. */
export interface RunParts {
  model: Model
  tools: readonly Tool[]
  /** The spec's, with the content of its URLs in place of these; absent: it has none. */
  prompt?: ContentBlock[]
  output?: NonNullable<CoreRunOptions['output']>
  /** What could not be had, and why; the run goes on without it. */
  notices?: readonly string[]
  /** The run's place in a trace, where somebody watches. */
  span?: Span
}

/** Fails with an AgentError where a spec cannot be run, before anything is spent. */
export type BuildRun = (spec: RunSpec, signal: AbortSignal) => Promise<RunParts>
