import type { LiveRun } from '../src/dashboard/api.js'
import { breakable, h } from './dom.js'
import { toldAgent, toldCost, toldHour, toldNumber } from './format.js'
import { runAddress, statusChip } from './past-runs.js'

/** Renders one active run with its cycles and tools. */
export function liveRun(run: LiveRun, operator: boolean): HTMLElement {
  const { agent, costUsd, createdAt, cycles, doing, modelId, principal, runId, status } = run
  const tools = Object.entries(run.tools).map(([name, calls]) => `${name} × ${calls}`)
  return h(
    'li',
    {},
    h(
      'div',
      { class: 'title' },
      h('a', { id: `live-${runId}`, href: runAddress(run) }, toldAgent(agent)),
      statusChip(status),
    ),
    h('p', { class: 'under' }, breakable(operator ? `${modelId} · ${principal}` : modelId)),
    h('p', { class: 'doing' }, doing),
    h('p', { class: 'tools' }, tools.length > 0 ? tools.join(', ') : 'no tools so far'),
    h(
      'dl',
      { class: 'facts' },
      ...fact('Cycles', toldNumber(cycles)),
      ...fact('Tokens', run.totalTokens === null ? '–' : toldNumber(run.totalTokens)),
      ...fact('Cost', costUsd === null ? '–' : toldCost(costUsd)),
      ...fact('Began', toldHour(createdAt)),
    ),
  )
}

export function fact(name: string, value: string | HTMLElement): HTMLElement[] {
  return [h('div', {}, h('dt', {}, name), h('dd', {}, value))]
}
