import type { ApprovalDecision } from '../../agent/tools/approval.js'
import type { Notifications } from '../postgres/notifications.js'
import type { Queryable } from '../postgres/queryable.js'

export const decisionTopic = (runId: string) => `decision:${runId}`

/** Stores the decisions on tool calls that needed approval. */
export class Decisions {
  constructor(
    private readonly database: Queryable,
    private readonly notifications: Notifications,
  ) {}

  /** Stores a decision. Returns false if the call was decided before or the run has ended. */
  async add(runId: string, toolUseId: string, decision: ApprovalDecision): Promise<boolean> {
    const kept = await this.database.rows(
      `INSERT INTO litellm_agents.run_decisions SELECT run_id, $2, $3 FROM litellm_agents.runs WHERE run_id = $1 AND ended_at IS NULL
       ON CONFLICT DO NOTHING RETURNING run_id`,
      [runId, toolUseId, JSON.stringify(decision)],
    )
    this.notifications.send(decisionTopic(runId))
    return kept.length > 0
  }

  async of(runId: string): Promise<ReadonlyMap<string, ApprovalDecision>> {
    const rows = await this.database.rows<{ tool_use_id: string; decision: ApprovalDecision }>(
      'SELECT tool_use_id, decision FROM litellm_agents.run_decisions WHERE run_id = $1',
      [runId],
    )
    return new Map(rows.map(({ tool_use_id, decision }) => [tool_use_id, decision]))
  }
}
