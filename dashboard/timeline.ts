import type { TimelineStep } from '../src/runs/engine.js'

import { svg } from './dom.js'
import { toldTime } from './format.js'
import { ticks } from './scale.js'

const rowHeight = 36
const axisHeight = 24
const maxRows = 200
const kinds = { tool: 'Tool', agent: 'Agent' } as const

/** Draws a run as a timeline, with a bar from start to end for each model call and tool call. */
export function timeline(
  steps: readonly TimelineStep[],
  latencyMs: number,
  width: number,
): SVGSVGElement {
  const rows = inOrder(steps).slice(0, maxRows)
  const end = Math.max(latencyMs, ...rows.map(({ startMs, durationMs }) => startMs + durationMs), 1)
  const height = axisHeight + rows.length * rowHeight
  const x = (ms: number) => (ms / end) * width
  return svg(
    'svg',
    {
      class: 'timeline',
      width,
      height,
      role: 'img',
      'aria-label': `Timeline of ${rows.length} steps over ${toldTime(end)}; the table below has the same`,
    },
    ...ticks(end)
      .filter((ms) => ms <= end)
      .flatMap((ms) => [
        svg('line', { class: 'grid', x1: x(ms), x2: x(ms), y1: axisHeight - 6, y2: height }),
        // The label of the last tick would not fit.
        x(ms) < width - 40
          ? svg('text', { x: x(ms) + 2, y: 12, class: 'axis' }, toldTime(ms))
          : undefined,
      ])
      .filter((one) => one !== undefined),
    ...rows.flatMap((step, index) => bar(step, axisHeight + index * rowHeight, x, width)),
  )
}

/** Returns the steps by their start time. */
export function inOrder(steps: readonly TimelineStep[]): TimelineStep[] {
  return [...steps].sort((one, other) => one.startMs - other.startMs)
}

export function toldStep({ cycle, failed, kind, name }: TimelineStep): string {
  const which = kind === 'cycle' ? `Cycle ${cycle}: ${name}` : `${kinds[kind]} ${name}`
  return failed ? `${which} – failed` : which
}

function bar(
  step: TimelineStep,
  y: number,
  x: (ms: number) => number,
  width: number,
): SVGElement[] {
  const wide = Math.max(3, x(step.durationMs))
  const kind = step.failed ? 'bad' : `kind-${step.kind}`
  return [
    svg('text', { x: 0, y: y + 14, class: 'halo' }, cut(toldStep(step), width)),
    svg(
      'text',
      { x: width, y: y + 14, class: 'halo axis', 'text-anchor': 'end' },
      toldTime(step.durationMs),
    ),
    svg('rect', {
      class: kind,
      x: Math.min(x(step.startMs), width - wide),
      y: y + 19,
      width: wide,
      height: 10,
      rx: 3,
    }),
  ]
}

/** Shortens a label to its bar, at about seven pixels per letter, with room for the time. */
function cut(text: string, width: number): string {
  const fit = Math.max(12, Math.floor((width - 70) / 7))
  return text.length > fit ? `${text.slice(0, fit - 1)}…` : text
}
