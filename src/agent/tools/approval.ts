import type { JsonObject } from '../../util/json.js'

/** A tool call that waits for a person's word. */
export interface ApprovalRequest {
  readonly toolUseId: string
  /** `server/tool` where that is what people know it by. */
  readonly toolName: string
  readonly input: JsonObject
}

export interface ApprovalDecision {
  readonly approved: boolean
  /** In the person's words, for the model to read. */
  readonly reason?: string | undefined
}

/** Asks a person, for as long as that takes; `signal` aborts when the run ends. */
export type Approve = (
  request: ApprovalRequest,
  signal: AbortSignal,
) => ApprovalDecision | Promise<ApprovalDecision>
