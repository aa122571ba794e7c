import type { RunRecord } from '../runs/engine.js'
import { count, counted, usd } from './numbers.js'

/** Returns one line with the model, tokens, cost, cache use and time of a run. */
export function footer(
  { metrics, modelId, sessionId, usage, outcome }: RunRecord,
  { named }: { named: boolean },
): string {
  const { cache, costSource, cycles, latencyMs } = metrics
  const tokens = usage
    ? `${counted(usage.inputTokens, 'token')} in, ${count(usage.outputTokens)} out`
    : 'tokens unknown'
  const cost = metrics.costUsd === null ? 'cost unknown' : usd(metrics.costUsd)
  const touched = cache.read > 0 || cache.written > 0
  const saved =
    cache.savedUsd !== null && cache.savedUsd > 0 ? `, ${usd(cache.savedUsd)} saved` : ''
  return [
    modelId,
    counted(cycles.length, 'call'),
    tokens,
    costSource === 'computed' && metrics.costUsd ? `${cost} (computed)` : cost,
    ...(touched
      ? [`cache ${count(cache.read)} read, ${count(cache.written)} written${saved}`]
      : []),
    `${(latencyMs / 1000).toFixed(1)} s`,
    ...(sessionId !== undefined && named ? [`session ${sessionId}`] : []),
    ...(outcome && isCancelled(outcome) ? ['cancelled'] : []),
  ].join(' · ')
}

function isCancelled(outcome: NonNullable<RunRecord['outcome']>): boolean {
  return 'error' in outcome
    ? outcome.error.code === 'cancelled'
    : outcome.result.stopReason === 'cancelled'
}
