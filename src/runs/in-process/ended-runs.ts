import type { Message } from '../../agent/messages/content.js'
import type { RunRecord } from '../engine.js'
import { messagesSize } from '../live/transcript.js'
import { BoundedStore } from './bounded-store.js'

export interface EndedRun {
  readonly record: RunRecord
  readonly transcript: readonly Message[]
  readonly key: string | undefined
}

export interface EndedRunsBounds {
  /** The limits on the age, number and total size of kept results. */
  resultTtlSeconds: number
  maxResults: number
  maxResultBytes: number
}

/** The number of kept results that were already delivered. A few are kept in case a response was lost. */
const maxDelivered = 200

/** Keeps ended runs for a time. Delivered results never displace results that a client may still request. */
export class EndedRuns {
  private readonly awaited: BoundedStore<EndedRun>
  private readonly delivered: BoundedStore<EndedRun>

  constructor(bounds: EndedRunsBounds, onDrop: (run: EndedRun) => void) {
    const { maxResultBytes: maxBytes, maxResults: maxCount, resultTtlSeconds } = bounds
    const ttlMs = resultTtlSeconds * 1000
    this.awaited = new BoundedStore({ ttlMs, maxCount, maxBytes }, onDrop)
    this.delivered = new BoundedStore({
      ttlMs,
      maxCount: Math.min(maxCount, maxDelivered),
      maxBytes,
    })
  }

  add(run: EndedRun, { awaited }: { awaited: boolean }): void {
    const { record, transcript } = run
    const { outcome, runId } = record
    // The images of the final message are kept.
    const answer = outcome && 'result' in outcome && outcome.result.message
    const store = awaited ? this.awaited : this.delivered
    store.add(runId, run, messagesSize(answer ? [...transcript, answer] : transcript))
  }

  get(runId: string, principal: string): EndedRun | undefined {
    const run = this.awaited.get(runId) ?? this.delivered.get(runId)
    return run?.record.principal === principal ? run : undefined
  }

  records(): RunRecord[] {
    return [...this.awaited.values(), ...this.delivered.values()].map(({ record }) => record)
  }
}
