import type { StartOptions } from '../engine.js'
import { keyReused } from '../engine-errors.js'

type Idempotency = NonNullable<StartOptions['idempotency']>

/** The runs that belong to each principal's idempotency keys. */
export class IdempotencyKeys {
  private readonly runs = new Map<string, { runId: string; argumentsDigest: string }>()

  /** Returns the name under which a key is stored. */
  static name(principal: string, { key }: Idempotency): string {
    return JSON.stringify([principal, key])
  }

  /**
   * Returns the run to join, if it still exists. Fails if the key was used for a call with other
   * arguments.
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

  /** Frees a key if it still belongs to this run. */
  free(name: string | undefined, runId: string): void {
    if (name !== undefined && this.runs.get(name)?.runId === runId) this.runs.delete(name)
  }
}
