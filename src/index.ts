export type { ApprovalDecision, ApprovalRequest, Approve } from './agent/approval.js'
export type { CachePointReport, CacheReport } from './agent/cache.js'
export type {
  AudioBlock,
  CachePointBlock,
  ContentBlock,
  DocumentBlock,
  ImageBlock,
  JsonObject,
  JsonValue,
  MediaBlock,
  MediaSource,
  Message,
  ReasoningBlock,
  StopReason,
  SystemContentBlock,
  TextBlock,
  ToolResultBlock,
  ToolResultContent,
  ToolUseBlock,
} from './agent/content.js'
export { type ConversationConfig, NullConversationManager } from './agent/conversation/config.js'
export type { ConversationManager, ReduceContext, Reduced } from './agent/conversation/manager.js'
export {
  SlidingWindowConversationManager,
  type SlidingWindowOptions,
} from './agent/conversation/sliding-window.js'
export {
  SummarizingConversationManager,
  type SummarizingOptions,
} from './agent/conversation/summarizing.js'
export { type ErrorCode, errorCodes } from './agent/error-codes.js'
export { AgentError, type AgentErrorInit, type ErrorData } from './agent/errors.js'
export type { AgentEvent } from './agent/events.js'
export type {
  AfterModelCallEvent,
  AfterToolCallEvent,
  BeforeModelCallEvent,
  BeforeToolCallEvent,
  Cancel,
  Hooks,
  ModelCallChange,
  Retry,
  Stop,
  ToolResultChange,
} from './agent/hooks.js'
export type { LimitHit, LimitName, Limits } from './agent/limits.js'
export type {
  AgentMetrics,
  CycleMetrics,
  Metrics,
  ModelSpending,
  ToolMetrics,
} from './agent/metrics.js'
export type {
  CacheMemory,
  CallBudget,
  CallEvent,
  CallGrant,
  CallNeed,
  CallReport,
  CallSpending,
  CostSource,
  Model,
  ModelCallOptions,
  ModelEvent,
  ModelReply,
  ModelRequest,
  ToolChoice,
} from './agent/model.js'
export type { Prompt, SystemPrompt } from './agent/prompt.js'
export { AgentResult, type AgentResultInit } from './agent/result.js'
export type { ParentRun } from './agent/run-tree.js'
export type { Emit } from './agent/streamed.js'
export {
  type Tool,
  type ToolContext,
  ToolFailure,
  type ToolOutput,
  type ToolSpec,
} from './agent/tool.js'
export type { TraceContext } from './agent/trace-context.js'
export type { Usage } from './agent/usage.js'
export type { Validation, ValidationIssue, Validator } from './agent/validator.js'
export {
  Agent,
  type AgentConfig,
  type AsToolConfig,
  type InvokeOptions,
  type StructuredOutputOptions,
  type StructuredResult,
} from './library/agent.js'
export { type LibraryTool, type ToolConfig, tool } from './library/tool.js'
export type { Dropped } from './litellm/adapt.js'
export { type ExplainedModel, explainRoute, type RouteExplanation } from './litellm/explain.js'
export { LiteLLMModel, type LiteLLMModelConfig } from './litellm/model.js'
export type { SpendFields } from './litellm/spend-fields.js'
export type { JsonSchema, Schema, StandardIssue, StandardResult, StandardSchema } from './schema.js'
export { calculator } from './toolsets/calculator.js'
export { currentTime } from './toolsets/current-time.js'
