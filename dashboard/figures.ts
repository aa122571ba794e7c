import type { Overview } from '../src/dashboard/api.js'
import { h } from './dom.js'
import { toldCost, toldNumber, toldShare, toldShort } from './format.js'

/** Returns the totals of the period as six numbers. */
export function figures({ ended, totals }: Overview): HTMLElement[] {
  const { cacheReadTokens, costIncomplete, costUsd, inputTokens, outputTokens, runs } = totals
  return [
    figure('Cost', toldCost(costUsd), costIncomplete ? 'and what is not known' : 'all of it known'),
    figure('Runs', toldNumber(runs), `${toldNumber(totals.modelCalls)} model calls`),
    figure(
      'Tokens',
      toldShort(inputTokens + outputTokens),
      `${toldShort(inputTokens)} in, ${toldShort(outputTokens)} out`,
    ),
    figure(
      'Cache hit rate',
      toldShare(cacheReadTokens, inputTokens),
      `${toldShort(cacheReadTokens)} tokens read`,
    ),
    figure(
      'Saved by caching',
      ended.savedUsd === null ? '–' : toldCost(ended.savedUsd),
      `by ${toldNumber(ended.known)} kept runs`,
    ),
    figure(
      'Failed',
      toldShare(ended.failed, ended.known),
      `${toldNumber(ended.failed)} of ${toldNumber(ended.known)}, ${toldNumber(ended.cancelled)} cancelled`,
    ),
  ]
}

function figure(name: string, value: string, note: string): HTMLElement {
  return h(
    'div',
    {},
    h('dt', {}, name),
    h('dd', { class: 'value' }, value),
    h('dd', { class: 'muted' }, note),
  )
}
