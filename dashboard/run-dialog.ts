import type { RunView } from '../src/dashboard/api.js'
import type { Client } from './client.js'
import { breakable, byId, h, show } from './dom.js'
import { toldAgent, toldCost, toldMoment, toldNumber, toldTime } from './format.js'
import { fact } from './live-runs.js'
import { statusChip } from './past-runs.js'
import { inOrder, timeline, toldStep } from './timeline.js'

const againMs = 2_000

/** Shows one run in a dialog. The URL fragment names the run. */
export class RunDialog {
  private readonly dialog = byId('run') as HTMLDialogElement
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly client: Client) {
    byId('run-close').addEventListener('click', () => this.dialog.close())
    this.dialog.addEventListener('close', () => {
      clearTimeout(this.timer)
      history.replaceState(null, '', location.pathname)
    })
    addEventListener('hashchange', () => void this.follow())
  }

  /** Opens the run that the URL fragment names, or closes the dialog if it names none. */
  async follow(): Promise<void> {
    clearTimeout(this.timer)
    const [, principal, runId] = /^#run\/([^/]+)\/([\w-]+)$/.exec(location.hash) ?? []
    if (principal === undefined) return this.dialog.close()
    const address = location.hash
    const view = byId('run-view')
    try {
      const run = await this.client.changed<RunView>(`/api/runs/${runId}?principal=${principal}`)
      if (location.hash !== address) return
      if (!this.dialog.open) this.dialog.showModal()
      const open = view.querySelector('details')?.open ?? false
      if (run) byId('run-title').textContent = `Run of ${toldAgent(run.agent)}`
      if (run) show(view, ...runView(run, view.clientWidth || 300, open))
      if (run ? run.endedAt === null : true)
        this.timer = setTimeout(() => void this.follow(), againMs)
    } catch (error) {
      show(view, h('p', { class: 'trouble' }, error instanceof Error ? error.message : ''))
      if (!this.dialog.open) this.dialog.showModal()
    }
  }
}

function runView(run: RunView, width: number, open: boolean): HTMLElement[] {
  const { agent, cycles, error, steps, usage } = run
  const calls = Object.values(run.tools).reduce((sum, tool) => sum + tool.calls, 0)
  return [
    h('p', {}, statusChip(run.status, run.error?.code), ' ', run.endedAt === null && run.doing),
    error ? h('p', { class: 'trouble' }, `${error.message} ${error.hint}`) : h('span', {}),
    h(
      'dl',
      { class: 'facts' },
      ...fact('Agent', toldAgent(agent)),
      ...fact('Model', breakable(run.modelId)),
      ...fact('Principal', run.principal),
      ...(run.sessionId === null ? [] : fact('Session', run.sessionId)),
      ...fact('Began', toldMoment(run.createdAt)),
      ...fact('Took', toldTime(run.latencyMs)),
      ...fact('Cycles', toldNumber(cycles.length)),
      ...fact('Tool calls', toldNumber(calls)),
      ...fact('Tokens in', usage ? toldNumber(usage.inputTokens) : '–'),
      ...fact('of these cached', toldNumber(usage?.cacheReadInputTokens ?? 0)),
      ...fact('Tokens out', usage ? toldNumber(usage.outputTokens) : '–'),
      ...fact('Cost', toldCost(run.costUsd)),
      ...fact('Saved', run.savedUsd === null ? '–' : toldCost(run.savedUsd)),
    ),
    h('h3', {}, 'Timeline'),
    ...(steps.length === 0
      ? [h('p', { class: 'muted' }, 'It has done nothing yet.')]
      : picture(run, width, open)),
    h('p', { class: 'muted small' }, run.runId),
  ]
}

function picture({ approximate, latencyMs, steps }: RunView, width: number, open: boolean) {
  const keys = [
    ['kind-cycle', 'model call'],
    ['kind-tool', 'tool call'],
    ['kind-agent', 'model call of an agent below'],
    ['bad', 'failed'],
  ] as const
  const rows = inOrder(steps).map((step) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, toldStep(step)),
      h('td', { class: 'number' }, toldTime(step.startMs)),
      h('td', { class: 'number' }, toldTime(step.durationMs)),
    ),
  )
  const head = h(
    'tr',
    {},
    h('th', { scope: 'col' }, 'Step'),
    h('th', { scope: 'col', class: 'number' }, 'Began at'),
    h('th', { scope: 'col', class: 'number' }, 'Took'),
  )
  return [
    h(
      'ul',
      { class: 'legend' },
      ...keys.map(([kind, name]) => h('li', {}, h('span', { class: `key ${kind}` }), name)),
    ),
    approximate
      ? h('p', { class: 'muted' }, 'When each began was not kept: they stand one after the other.')
      : h('span', {}),
    h('figure', {}, timeline(steps, latencyMs, width)),
    h(
      'details',
      { open },
      h('summary', { id: 'run-table' }, 'Steps as a table'),
      h('table', {}, h('thead', {}, head), h('tbody', {}, ...rows)),
    ),
  ]
}
