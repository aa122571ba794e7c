import type { StartOptions } from './engine.js'
import { otherArguments } from './engine-errors.js'

type Idempotency = NonNullable<StartOptions['idempotency']>

/** Which run each principal's idempotency keys stand for. */
export class RunKeys {
  private readonly runs = new Map<string, { runId: string; argumentsDigest: string }>()

  /** By which a key is known here. */
  static name(principal: string, { key }: Idempotency): string {
    return JSON.stringify([principal, key])
  }

  /** The run to join, if any. Fails where the key stands for a call with other arguments. */
  joined(name: string, { argumentsDigest }: Idempotency): string | undefined {
    const known = this.runs.get(name)
    if (!known || known.argumentsDigest === argumentsDigest) return known?.runId
    throw otherArguments()
  }

  add(name: string, { argumentsDigest }: Idempotency, runId: string): void {
    this.runs.set(name, { runId, argumentsDigest })
  }

  /** Frees a key that still stands for this run. */
  free(name: string | undefined, runId: string): void {
    if (name !== undefined && this.runs.get(name)?.runId === runId) this.runs.delete(name)
  }
}
