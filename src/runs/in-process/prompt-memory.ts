import { getHeapStatistics } from 'node:v8'
import { AgentError } from '../../agent/errors.js'
import { FairShare } from '../../util/fair-share.js'
import type { RunSpec } from '../spec.js'

/** A run's prompt exists several times: as text, in requests and in the transcript. */
const heapPerPromptByte = 8
/** Every principal may have one prompt of this size. */
const guaranteedBytes = 4 * 1024 * 1024

/** Limits the memory of the prompts of queued and active runs, with a share for each principal. */
export class PromptMemory {
  private readonly share: FairShare

  constructor(maxBytes = getHeapStatistics().heap_size_limit / heapPerPromptByte) {
    this.share = new FairShare(maxBytes, guaranteedBytes)
  }

  /** Counts a run's prompt, and returns a function to call at the run's end. Fails with `rateLimit`. */
  take({ principal, prompt, systemPrompt = '' }: RunSpec): () => void {
    const bytes = size(prompt) + size(systemPrompt)
    if (!this.share.take(principal, bytes))
      throw new AgentError({
        code: 'rateLimit',
        message: 'The prompts of your runs in work use all the memory that one caller may use.',
        hint: 'Try again when some of them have ended, or ask the operator to raise runs.maxPromptBytes.',
        retryable: true,
        unsent: true,
      })
    return () => this.share.giveBack(principal, bytes)
  }
}

/** Returns about how many bytes the strings in a prompt have. */
function size(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce((sum: number, member) => sum + size(member), 0)
}
