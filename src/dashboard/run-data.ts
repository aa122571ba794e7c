import type { Config } from '../config/resolve.js'
import type { Services } from '../mcp/services.js'
import type { RunSummary } from '../runs/engine.js'
import type { PastRun } from '../runs/history/run-history.js'
import type { LiveRuns, Overview, PastRuns, Period, RunView } from './api.js'
import { overview, spendingOfTotal, withoutParts } from './overview.js'
import { liveRun, runView } from './run-view.js'

/** Limits the number of running runs that are listed, and of ended runs per page. */
const maxLive = 50
const pageLength = 50
/** Limits how often past runs are read, regardless of the number of viewers. */
const freshMs = 2_000
const maxLookers = 100

interface Looked {
  at: number
  runs: Promise<readonly PastRun[]>
}

/**
 * Provides the run data of one caller, or of all callers for an operator. It does no work before
 * the first request.
 */
export class RunData {
  private readonly looked = new Map<string, Looked>()

  constructor(private readonly services: Services) {}

  async overview(viewer: string, period: Period): Promise<Overview> {
    const principals = await this.visibleTo(viewer)
    const totals = await Promise.all(
      principals.map(async (principal) =>
        (await this.services.usage.of(principal)).map((one) => spendingOfTotal(principal, one)),
      ),
    )
    return overview(period, await this.past(viewer), totals.flat(), Date.now())
  }

  async live(viewer: string): Promise<LiveRuns> {
    const { runs } = this.services
    const statuses = ['queued', 'running', 'waiting'] as const
    const lists = await Promise.all(
      (await this.visibleTo(viewer)).map((principal) => runs.list(principal, { statuses })),
    )
    const all = lists.flat().sort((one, other) => other.createdAt - one.createdAt)
    const records = await Promise.all(
      all.slice(0, maxLive).map(({ principal, runId }: RunSummary) => runs.get(runId, principal)),
    )
    const known = records.filter((record) => record !== undefined)
    return { runs: known.map(liveRun), more: Math.max(0, all.length - maxLive) }
  }

  async page(viewer: string, offset: number): Promise<PastRuns> {
    const past = await this.past(viewer)
    return { runs: past.slice(offset, offset + pageLength).map(withoutParts), total: past.length }
  }

  /**
   * Returns one run; `undefined` if the run is unknown, was deleted or belongs to another
   * principal.
   */
  async run(viewer: string, principal: string, runId: string): Promise<RunView | undefined> {
    if (principal !== viewer && !isOperator(viewer, this.services.config)) return undefined
    const record = await this.services.runs.get(runId, principal)
    return record && runView(record, this.services.redact)
  }

  /** Returns the past runs, the latest first. */
  private past(viewer: string): Promise<readonly PastRun[]> {
    const known = this.looked.get(viewer)
    if (known && Date.now() - known.at < freshMs) return known.runs
    const looked = { at: Date.now(), runs: this.look(viewer) }
    looked.runs.catch(() => this.looked.delete(viewer))
    this.looked.delete(viewer)
    this.looked.set(viewer, looked)
    const [oldest] = this.looked.keys()
    if (this.looked.size > maxLookers && oldest !== undefined) this.looked.delete(oldest)
    return looked.runs
  }

  private async look(viewer: string): Promise<readonly PastRun[]> {
    const principals = await this.visibleTo(viewer)
    const past = await Promise.all(
      principals.map((principal) => this.services.history.of(principal)),
    )
    return past.flat().sort((one, other) => other.endedAt - one.endedAt)
  }

  private async visibleTo(viewer: string): Promise<readonly string[]> {
    const { config, history } = this.services
    if (!isOperator(viewer, config)) return [viewer]
    const known = await history.principals()
    return [...new Set([viewer, ...Object.keys(config.http.principals), ...known])]
  }
}

export function isOperator(viewer: string, { http }: Config): boolean {
  return Object.hasOwn(http.principals, viewer) && http.principals[viewer]?.operator === true
}
