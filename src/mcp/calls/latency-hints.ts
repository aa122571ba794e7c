import type { Metrics } from '../../agent/metrics/types.js'

/** A model call with a lower latency and fewer output tokens than these is fast. */
const shortMs = 3_000
const shortTokens = 1_000
const maxModels = 256

/**
 * Remembers which models answered fast. If no client listens to a fast answer, one JSON response is
 * cheaper than a stream and loses no progress.
 */
export class LatencyHints {
  private readonly models = new Set<string>()

  isFast(modelId: string): boolean {
    return this.models.has(modelId)
  }

  record(modelId: string, metrics: Metrics | null): void {
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
