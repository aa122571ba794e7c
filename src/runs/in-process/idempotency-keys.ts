import type { StartOptions } from '../engine.js'
import { keyReused } from '../engine-errors.js'

type Idempotency = NonNullable<StartOptions['idempotency']>

/** Which run each principal's idempotency keys stand for. */
export class IdempotencyKeys {
  private readonly runs = new Map<string, { runId: string; argumentsDigest: string }>()

  /** By which a key is known here. */
  static name(principal: string, { key }: Idempotency): string {
    return JSON.stringify([principal, key])
  }

  /**
   * The run to join, if any; one that is gone has its key no longer. Fails where the key stands for
   * a call with other arguments.
   */
  find(
    name: string,
    { argumentsDigest }: Idempotency,
    isThere: (runId: string) => boolean,
  ): string | undefined {
    const known = this.runs.get(name)
    if (!known || !isThere(known.runId)) return undefined
    if (known.argumentsDigest !== argumentsDigest) throw keyReused()
    return known.runId
  }

  add(name: string, { argumentsDigest }: Idempotency, runId: string): void {
    this.runs.set(name, { runId, argumentsDigest })
  }

  /** Frees a key that still stands for this run. */
  free(name: string | undefined, runId: string): void {
    if (name !== undefined && this.runs.get(name)?.runId === runId) this.runs.delete(name)
  }
}
