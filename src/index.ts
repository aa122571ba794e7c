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
export type { AgentEvent, Emit } from './agent/events.js'
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
} from './agent/hooks/hooks.js'
export type { LimitHit, LimitName, Limits } from './agent/limits.js'
export type {
  AudioBlock,
  CachePointBlock,
  ContentBlock,
  DocumentBlock,
  EncryptedReasoning,
  ImageBlock,
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
} from './agent/messages/content.js'
export type { Prompt, SystemPrompt } from './agent/messages/prompt.js'
export type { CachePointReport, CacheReport } from './agent/metrics/cache-report.js'
export type {
  AgentMetrics,
  CallReport,
  CallSpending,
  CostSource,
  CycleMetrics,
  Metrics,
  ModelSpending,
  Spending,
  ToolMetrics,
} from './agent/metrics/types.js'
export type { Usage } from './agent/metrics/usage.js'
export type {
  CallEvent,
  Model,
  ModelCallOptions,
  ModelEvent,
  ModelReply,
  ModelRequest,
  ToolChoice,
  ToolSpec,
} from './agent/model.js'
export { AgentResult, type AgentResultInit } from './agent/result.js'
export type { ApprovalDecision, ApprovalRequest, Approve } from './agent/tools/approval.js'
export {
  type ParentRun,
  type Tool,
  type ToolContext,
  ToolFailure,
  type ToolOutput,
} from './agent/tools/tool.js'
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
export {
  type ExplainedModel,
  explainRoute,
  type ModelDataExplanation,
  type RouteExplanation,
} from './litellm/explain.js'
export { LiteLLMModel } from './litellm/model.js'
export type { LiteLLMModelConfig } from './litellm/model-config.js'
export type { JsonSchema, Schema, StandardSchema } from './schema/compile.js'
export { calculator } from './toolsets/calculator.js'
export { currentTime } from './toolsets/current-time.js'
export type { JsonObject, JsonValue } from './util/json.js'
export type { TraceContext } from './util/trace-context.js'
