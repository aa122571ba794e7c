import type { Group, Grouping, Overview } from '../src/dashboard/api.js'
import { h, svg } from './dom.js'
import { toldAgent, toldCost, toldDay, toldHour, toldNumber, toldShort } from './format.js'
import { ticks } from './scale.js'

export type Measure = 'costUsd' | 'tokens'

const height = 240
const margin = { top: 10, right: 8, bottom: 26, left: 58 }
const labelWidth = 58

/** Returns the spending over time as stacked bars with a legend, and as a table. */
export function chart(
  { buckets, groups, period }: Overview,
  by: Grouping,
  measure: Measure,
  width: number,
  open: boolean,
): HTMLElement[] {
  const shown = groups[by].filter((group) => group[measure].some((value) => value > 0))
  if (shown.length === 0) return [h('p', { class: 'muted' }, 'Nothing was spent in this time.')]
  const told = measure === 'costUsd' ? toldCost : toldNumber
  const when = period === '24h' ? toldHour : toldDay
  const sums = buckets.map((_, index) => sumAt(shown, measure, index))
  const readout = h('p', { class: 'readout muted' }, 'Point at a bar to read it.')
  const read = (index: number) => {
    const parts = shown
      .filter((group) => (group[measure][index] ?? 0) > 0)
      .map((group) => `${nameOf(group, by)} ${told(group[measure][index] ?? 0)}`)
    readout.textContent = `${when(buckets[index] ?? 0)}: ${told(sums[index] ?? 0)}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`
  }
  const picture = svg(
    'svg',
    {
      class: 'chart',
      width,
      height,
      role: 'img',
      'aria-label': `${measure === 'costUsd' ? 'Cost' : 'Tokens'} by ${by}, ${buckets.length} bars; the table below has the figures`,
    },
    ...bars({ buckets, shown, measure, sums, width, when, read }),
  )
  const legend = shown.map((group, index) =>
    h('li', {}, h('span', { class: `key s${index}` }), nameOf(group, by)),
  )
  return [
    h('figure', {}, picture),
    readout,
    h('ul', { class: 'legend' }, ...legend),
    h(
      'details',
      { open },
      h('summary', { id: 'chart-table' }, 'Figures as a table'),
      table(shown, by, measure, buckets.map(when), told),
    ),
  ] as HTMLElement[]
}

interface Picture {
  buckets: readonly number[]
  shown: readonly Group[]
  measure: Measure
  sums: readonly number[]
  width: number
  when: (at: number) => string
  read: (index: number) => void
}

function bars({ buckets, shown, measure, sums, width, when, read }: Picture): SVGElement[] {
  const scale = ticks(Math.max(...sums))
  const top = scale.at(-1) ?? 1
  const inner = width - margin.left - margin.right
  const floor = height - margin.bottom
  const y = (value: number) => floor - (value / top) * (floor - margin.top)
  const step = inner / buckets.length
  const bar = Math.max(1, step * 0.72)
  const every = Math.ceil(labelWidth / step)
  const grid = scale.flatMap((value) => [
    svg('line', {
      class: 'grid',
      x1: margin.left,
      x2: width - margin.right,
      y1: y(value),
      y2: y(value),
    }),
    svg(
      'text',
      { x: margin.left - 8, y: y(value) + 4, 'text-anchor': 'end' },
      measure === 'costUsd' ? toldCost(value) : toldShort(value),
    ),
  ])
  const columns = buckets.map((at, index) => {
    const x = margin.left + index * step + (step - bar) / 2
    let below = 0
    const parts = shown.map((group, series) => {
      const value = group[measure][index] ?? 0
      const from = y(below)
      below += value
      const tall = from - y(below)
      return (
        value > 0 && svg('rect', { class: `s${series}`, x, y: y(below), width: bar, height: tall })
      )
    })
    const left = buckets.length - 1 - index
    const column = svg(
      'g',
      { class: 'column' },
      svg('rect', {
        class: 'hit',
        x: margin.left + index * step,
        y: margin.top,
        width: step,
        height: floor - margin.top,
      }),
      ...parts,
      left % every === 0 && x + bar / 2 - labelWidth / 2 > margin.left - 24
        ? svg(
            'text',
            {
              x: Math.min(x + bar / 2, width - labelWidth / 2 + 8),
              y: height - 8,
              'text-anchor': 'middle',
            },
            when(at),
          )
        : undefined,
    )
    column.addEventListener('pointerenter', () => read(index))
    return column
  })
  return [...grid, ...columns]
}

function table(
  shown: readonly Group[],
  by: Grouping,
  measure: Measure,
  times: readonly string[],
  told: (value: number) => string,
): HTMLElement {
  const head = ['Time', ...shown.map((group) => nameOf(group, by)), 'All']
  const rows = times.flatMap((time, index) => {
    const sum = sumAt(shown, measure, index)
    if (sum === 0) return []
    const cells = [...shown.map((group) => group[measure][index] ?? 0), sum]
    return [
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, time),
        ...cells.map((cell) => h('td', { class: 'number' }, told(cell))),
      ),
    ]
  })
  return h(
    'div',
    {
      class: 'scroll',
      tabindex: 0,
      id: 'chart-figures',
      role: 'region',
      'aria-label': 'Figures of the chart',
    },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...head.map((name, index) =>
            h('th', { scope: 'col', class: index > 0 && 'number' }, name),
          ),
        ),
      ),
      h('tbody', {}, ...rows),
    ),
  )
}

function sumAt(groups: readonly Group[], measure: Measure, index: number): number {
  return groups.reduce((sum, group) => sum + (group[measure][index] ?? 0), 0)
}

function nameOf({ name, rest }: Group, by: Grouping): string {
  if (rest) return 'all others'
  return by === 'agent' ? toldAgent(name) : name
}
