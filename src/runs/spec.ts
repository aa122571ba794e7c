import type { CoreRunOptions } from '../agent/agent.js'
import type { ConversationConfig } from '../agent/conversation/config.js'
import type { Limits } from '../agent/limits.js'
import type { ContentBlock, SystemContentBlock } from '../agent/messages/content.js'
import type { Model } from '../agent/model.js'
import type { Span } from '../agent/span.js'
import type { Tool } from '../agent/tools/tool.js'
import type { JsonObject } from '../util/json.js'
import type { TraceContext } from '../util/trace-context.js'

/** A fully resolved run as plain JSON, so that it can be stored and resumed on another server. */
export interface RunSpec {
  tool: 'run_agent' | 'structured_extract'
  /** The caller that pays for the run and may see it. */
  principal: string
  /** The profile's name; empty if the run has no profile. */
  agent: string
  modelId: string
  params: JsonObject
  /** Models to call if the named model fails. */
  fallbacks?: string[]
  cache?: 'auto'
  /** How the conversation is shortened. */
  conversation?: ConversationConfig
  prompt: string | ContentBlock[]
  systemPrompt?: string | SystemContentBlock[]
  /** Names of built-in tools, `agent_<profile>`, `server/tool`, and globs of these. They are permitted already. */
  tools: string[]
  /** True if the run may use only tools that are annotated as read-only. */
  readOnly?: boolean
  /** Globs of tools whose calls need approval. */
  approval?: string[]
  limits: Limits
  /** The maximum depth of nested agents below this run. */
  maxDepth?: number
  output?: OutputSpec
  sessionId?: string
  /** The caller's trace context, which the run continues. */
  trace?: TraceContext
}

export interface OutputSpec {
  schema: JsonObject
  name?: string
  description?: string
  /** True if the model must return only the object, without other tool calls. */
  force?: boolean
  maxAttempts?: number
}

/** The objects that a spec names. */
export interface RunParts {
  model: Model
  tools: readonly Tool[]
  /** The spec's prompt with fetched content in place of URLs. Absent if the prompt has no URLs. */
  prompt?: ContentBlock[]
  output?: NonNullable<CoreRunOptions['output']>
  /** Parts that are unavailable, with the reason. The run continues without them. */
  notices?: readonly string[]
  /** The run's span, if the run is traced. */
  span?: Span
}

/** Builds a run from its spec. Fails with an AgentError before anything is spent. */
export type BuildRun = (spec: RunSpec, signal: AbortSignal) => Promise<RunParts>
