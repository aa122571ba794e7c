import type { Approve } from '../../agent/tools/approval.js'
import type { PendingApprovals } from '../live/pending-approvals.js'
import type { Notifications } from '../postgres/notifications.js'
import { retryUntilAvailable } from '../postgres/outage.js'
import { type Decisions, decisionTopic } from './decisions.js'

/**
 * Requests a decision through the store, so that it can come from any node. The next node that
 * continues the run also reads it there. Each `toolUseId` belongs to one call, and is the same on
 * every node.
 */
export function durableApprove(
  runId: string,
  pending: PendingApprovals,
  decisions: Decisions,
  notifications: Notifications,
): Approve {
  const decided = () => retryUntilAvailable(() => decisions.of(runId))
  return async (request, signal) => {
    const { toolUseId } = request
    const known = (await decided()).get(toolUseId)
    if (known) return known
    const notices = notifications.watch(decisionTopic(runId))
    const over = new AbortController()
    const listening = listen()
    try {
      const decision = await pending.approve(request, signal)
      // A refusal after a timeout is also a decision.
      await retryUntilAvailable(() => decisions.add(runId, toolUseId, decision))
      return decision
    } finally {
      over.abort()
      notices.stop()
      await listening
    }

    async function listen(): Promise<void> {
      while (!over.signal.aborted) {
        for (const [id, decision] of await decided()) pending.decide(id, decision)
        await notices.next(notifications.pollMs, over.signal)
      }
    }
  }
}
