import type { Approve } from '../../agent/tools/approval.js'
import type { PendingApprovals } from '../live/pending-approvals.js'
import type { Notifications } from '../postgres/notifications.js'
import { type Decisions, decisionTopic } from './decisions.js'

/** A notice may be lost. */
const lookAgainMs = 2_000

/**
 * Asks a person through the store, so that their word may come by any node, and is known to the next
 * one that goes on with the run. Each `toolUseId` is one call's alone, and on every node the same.
 */
export function durableApprove(
  runId: string,
  pending: PendingApprovals,
  decisions: Decisions,
  notifications: Notifications,
): Approve {
  return async (request, signal) => {
    const said = await decisions.of(runId)
    const known = said.get(request.toolUseId)
    if (known) return known
    const notices = notifications.watch(decisionTopic(runId))
    const over = new AbortController()
    const listening = listen()
    try {
      const decision = await pending.approve(request, signal)
      // Also the word of nobody.
      await decisions.add(runId, request.toolUseId, decision)
      return decision
    } finally {
      over.abort()
      notices.stop()
      await listening
    }

    async function listen(): Promise<void> {
      while (!over.signal.aborted) {
        for (const [toolUseId, decision] of await decisions.of(runId))
          pending.decide(toolUseId, decision)
        await notices.change(lookAgainMs, over.signal)
      }
    }
  }
}
