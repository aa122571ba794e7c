import type { ApprovalDecision, ApprovalRequest, Approve } from '../../agent/tools/approval.js'
import { untilAborted } from '../../util/until-aborted.js'
import type { PendingApproval } from '../engine.js'

interface Pending {
  readonly approval: PendingApproval
  decide(decision: ApprovalDecision): void
}

/** Holds the tool calls of one run that wait for approval. */
export class PendingApprovals {
  private readonly pending = new Map<string, Pending>()

  /** `onChange` is called when a call starts or stops waiting. */
  constructor(
    private readonly timeoutMs: number,
    private readonly onChange: () => void,
  ) {}

  get list(): PendingApproval[] {
    return [...this.pending.values()].map(({ approval }) => approval)
  }

  readonly approve: Approve = async (request, signal) => {
    const approval = { ...request, toolUseId: this.freeId(request) }
    const { aborted, stop } = untilAborted(signal)
    let timer: NodeJS.Timeout | undefined
    const decided = new Promise<ApprovalDecision>((decide) => {
      this.pending.set(approval.toolUseId, { approval, decide })
      timer = setTimeout(
        () => decide({ approved: false, reason: 'nobody answered' }),
        this.timeoutMs,
      )
    })
    this.onChange()
    try {
      return await Promise.race([decided, aborted])
    } finally {
      stop()
      clearTimeout(timer)
      this.remove(approval.toolUseId)
    }
  }

  /** Decides on a call. Returns whether the call was waiting. */
  decide(toolUseId: string, decision: ApprovalDecision): boolean {
    const found = this.pending.get(toolUseId)
    found?.decide(decision)
    this.remove(toolUseId)
    return found !== undefined
  }

  private remove(toolUseId: string): void {
    if (this.pending.delete(toolUseId)) this.onChange()
  }

  /** Returns a unique id, because nested agents can use the same call ids. */
  private freeId({ toolUseId }: ApprovalRequest): string {
    let id = toolUseId
    for (let next = 2; this.pending.has(id); next++) id = `${toolUseId}-${next}`
    return id
  }
}
