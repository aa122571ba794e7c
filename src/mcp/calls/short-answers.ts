import type { Metrics } from '../../agent/metrics/types.js'

/** A model call that took less, and said less, was short. */
const shortMs = 3_000
const shortTokens = 1_000
const maxModels = 256

/**
 * Which models have answered shortly of late. Where nobody listens to a short answer, one JSON reply
 * is cheaper than a stream, and nothing is lost by it: no progress, and hardly anything to break off.
 */
export class ShortAnswers {
  private readonly models = new Set<string>()

  expected(modelId: string): boolean {
    return this.models.has(modelId)
  }

  learn(modelId: string, metrics: Metrics | null): void {
    const short = metrics?.cycles.every(
      ({ error, latencyMs, usage }) =>
        error === undefined &&
        latencyMs < shortMs &&
        usage !== null &&
        usage.outputTokens < shortTokens,
    )
    if (!short) {
      this.models.delete(modelId)
      return
    }
    this.models.add(modelId)
    const [oldest] = this.models
    if (this.models.size > maxModels && oldest !== undefined) this.models.delete(oldest)
  }
}
