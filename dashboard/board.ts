import {
  type Grouping,
  groupings,
  type LiveRuns,
  type Overview,
  type PastRuns,
  type Period,
  periods,
  type Viewer,
} from '../src/dashboard/api.js'
import { chart, type Measure } from './chart.js'
import { choice } from './choice.js'
import type { Client } from './client.js'
import { byId, h, show } from './dom.js'
import { figures } from './figures.js'
import { toldNumber } from './format.js'
import { liveRun } from './live-runs.js'
import { pastRuns } from './past-runs.js'

const pageLength = 50
const periodWords: Record<Period, string> = {
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
}

const groupingWords: Record<Grouping, string> = {
  model: 'Model',
  agent: 'Agent',
  principal: 'Principal',
}

/** Renders the page, except the sign-in form and the dialog. */
export class Board {
  private period: Period = '24h'
  private measure: Measure = 'costUsd'
  private by: Grouping = 'model'
  private offset = 0
  private overview: Overview | undefined
  private live = ''

  constructor(
    private readonly client: Client,
    private readonly viewer: Viewer,
    private readonly onTrouble: (error: unknown) => void,
  ) {
    choice(
      byId('periods'),
      periods.map((one) => [one, periodWords[one]]),
      this.period,
      (period) => {
        this.period = period
        this.offset = 0
        this.look()
      },
    )
    choice(
      byId('measures'),
      [
        ['costUsd', 'Cost'],
        ['tokens', 'Tokens'],
      ],
      this.measure,
      (measure) => {
        this.measure = measure
        this.draw()
      },
    )
    const shown = groupings.filter((one) => viewer.operator || one !== 'principal')
    choice(
      byId('groupings'),
      shown.map((one) => [one, groupingWords[one]]),
      this.by,
      (by) => {
        this.by = by
        this.draw()
      },
    )
    new ResizeObserver(() => this.draw()).observe(byId('chart'))
  }

  async showLive(): Promise<void> {
    const live = await this.client.changed<LiveRuns>('/api/live')
    if (!live) return
    const count = live.runs.length + live.more
    byId('live-count').textContent = toldNumber(count)
    const items = live.runs.map((run) => liveRun(run, this.viewer.operator))
    const more = live.more > 0 && h('li', { class: 'muted' }, `and ${toldNumber(live.more)} more`)
    const none = count === 0 && h('li', { class: 'muted none' }, 'Nothing runs right now.')
    show(byId('live'), ...items, more, none)
    const told = count === 1 ? '1 run is live' : `${toldNumber(count)} runs are live`
    if (told !== this.live) byId('told').textContent = told
    this.live = told
  }

  async showPast(): Promise<void> {
    const { operator } = this.viewer
    const [overview, past] = await Promise.all([
      this.client.changed<Overview>(`/api/overview?period=${this.period}`),
      this.client.changed<PastRuns>(`/api/runs?offset=${this.offset}`),
    ])
    if (overview && overview.period === this.period) {
      this.overview = overview
      show(byId('figures'), ...figures(overview))
      show(byId('slowest'), pastRuns('slow', overview.slowest, operator, 'No run has ended yet.'))
      show(byId('failed'), pastRuns('bad', overview.failed, operator, 'No run has failed.'))
      this.draw()
    }
    if (past) this.showPage(past)
  }

  private showPage({ runs, total }: PastRuns): void {
    byId('past-count').textContent = toldNumber(total)
    show(byId('past'), pastRuns('past', runs, this.viewer.operator, 'No run has ended yet.'))
    const step = (id: string, text: string, offset: number, possible: boolean) => {
      const button = h('button', { id, type: 'button', disabled: !possible }, text)
      button.addEventListener('click', () => {
        this.offset = offset
        this.look()
      })
      return button
    }
    const last = Math.min(total, this.offset + pageLength)
    show(
      byId('pages'),
      total > pageLength &&
        step('page-newer', 'Newer', Math.max(0, this.offset - pageLength), this.offset > 0),
      total > pageLength &&
        h(
          'span',
          { class: 'muted' },
          `${toldNumber(this.offset + 1)} to ${toldNumber(last)} of ${toldNumber(total)}`,
        ),
      total > pageLength && step('page-older', 'Older', this.offset + pageLength, last < total),
    )
  }

  private draw(): void {
    const place = byId('chart')
    const width = place.clientWidth
    if (!this.overview || width === 0) return
    const open = place.querySelector('details')?.open ?? false
    show(place, ...chart(this.overview, this.by, this.measure, width, open))
  }

  private look(): void {
    this.client.forget()
    this.showPast().catch(this.onTrouble)
  }
}
