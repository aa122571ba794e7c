import type { JsonObject } from '../../util/json.js'

/** A tool call that waits for a person's approval. */
export interface ApprovalRequest {
  readonly toolUseId: string
  /** The name shown to people: `server/tool` for tools of MCP servers. */
  readonly toolName: string
  readonly input: JsonObject
}

export interface ApprovalDecision {
  readonly approved: boolean
  /** The person's reason, for the model to read. */
  readonly reason?: string | undefined
}

/** Asks a person. It may take any time; `signal` aborts when the run ends. */
export type Approve = (
  request: ApprovalRequest,
  signal: AbortSignal,
) => ApprovalDecision | Promise<ApprovalDecision>
