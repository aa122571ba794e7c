import type { PastRun } from '../src/runs/history/run-history.js'
import { breakable, h } from './dom.js'
import { toldAgent, toldCost, toldMoment, toldShort, toldTime } from './format.js'

/** Renders ended runs as a table. `name` makes its element ids unique. */
export function pastRuns(
  name: string,
  runs: readonly PastRun[],
  operator: boolean,
  none: string,
): HTMLElement {
  if (runs.length === 0) return h('p', { class: 'muted' }, none)
  const head = [
    h('th', { scope: 'col' }, 'Run'),
    h('th', { scope: 'col', class: 'number' }, 'Took'),
    h('th', { scope: 'col', class: 'number wide' }, 'Tokens'),
    h('th', { scope: 'col', class: 'number' }, 'Cost'),
    h('th', { scope: 'col', class: 'wide' }, 'Ended'),
  ]
  return h(
    'table',
    { class: 'runs' },
    h('thead', {}, h('tr', {}, ...head)),
    h('tbody', {}, ...runs.map((run) => row(name, run, operator))),
  )
}

/** Returns the URL fragment of one run on this page. */
export function runAddress({ principal, runId }: Pick<PastRun, 'principal' | 'runId'>): string {
  return `#run/${encodeURIComponent(principal)}/${runId}`
}

export function statusChip(status: string, more?: string): HTMLElement {
  return h('span', { class: `chip ${status}` }, more ? `${status}: ${more}` : status)
}

function row(name: string, run: PastRun, operator: boolean): HTMLElement {
  const { agent, costUsd, endedAt, error, latencyMs, modelId, principal, runId, status, usage } =
    run
  return h(
    'tr',
    {},
    h(
      'th',
      { scope: 'row' },
      h('a', { id: `${name}-${runId}`, href: runAddress(run) }, toldAgent(agent)),
      ' ',
      statusChip(status, status === 'failed' ? error : undefined),
      h('span', { class: 'under' }, breakable(operator ? `${modelId} · ${principal}` : modelId)),
    ),
    h('td', { class: 'number' }, toldTime(latencyMs)),
    h('td', { class: 'number wide' }, usage ? toldShort(usage.totalTokens) : '–'),
    h('td', { class: 'number' }, costUsd === null ? '–' : toldCost(costUsd)),
    h('td', { class: 'wide' }, toldMoment(endedAt)),
  )
}
