import type { RunRecord } from '../runs/engine.js'
import { count, counted, usd } from './numbers.js'

/** One line: the model, what went in and came out, what it cost and what the cache did. */
export function footer({ metrics, modelId, sessionId, usage, outcome }: RunRecord): string {
  const { cache, costSource, cycles, latencyMs } = metrics
  const limit = outcome && 'result' in outcome ? outcome.result.limit : undefined
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
    ...(sessionId === undefined ? [] : [`session ${sessionId}`]),
    ...(limit ? [`stopped by ${limit.name} ${limit.max}`] : []),
    ...(outcome && isCancelled(outcome) ? ['cancelled'] : []),
  ].join(' · ')
}

function isCancelled(outcome: NonNullable<RunRecord['outcome']>): boolean {
  return 'error' in outcome
    ? outcome.error.code === 'cancelled'
    : outcome.result.stopReason === 'cancelled'
}
