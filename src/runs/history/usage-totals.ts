import { sumCost, sumUsage, type Usage } from '../../agent/metrics/usage.js'
import type { RunRecord } from '../engine.js'
import type { SpendingRow } from './spending-rows.js'

/** Holds what one agent spent on one model on one day (UTC). */
export interface UsageTotal {
  day: string
  modelId: string
  /** The profile's name; empty if there is none. */
  agent: string
  runs: number
  modelCalls: number
  /** Null if no provider reported usage. */
  usage: Usage | null
  /** In USD; null if partly unknown. `knownCostUsd` is then the known part. */
  costUsd: number | null
  knownCostUsd: number
}

export interface UsageSource {
  /** Returns a principal's totals, the latest day first. */
  of(principal: string): Promise<UsageTotal[]>
}

const maxRows = 10_000
const dayMs = 86_400_000

/** The usage totals of this process since it started. */
export class MemoryUsageTotals implements UsageSource {
  private day = { count: -1, name: '' }
  /** Oldest first. The oldest rows are dropped if there are too many. */
  private readonly rows = new Map<string, UsageTotal & { principal: string }>()

  add({ principal, createdAt }: RunRecord, rows: readonly SpendingRow[]): void {
    const day = this.dayOf(createdAt)
    for (const spent of rows) {
      const { costUsd, cycles, knownCostUsd, runs, usage } = spent
      const row = this.row(principal, day, spent.modelId, spent.agent)
      row.usage = row.modelCalls === 0 ? usage : sumUsage([row.usage, usage])
      row.costUsd = sumCost([row.costUsd, costUsd])
      row.knownCostUsd += knownCostUsd
      row.modelCalls += cycles
      row.runs += runs
    }
  }

  async of(principal: string): Promise<UsageTotal[]> {
    return [...this.rows.values()]
      .filter((row) => row.principal === principal)
      .map(({ principal: _, ...row }) => row)
      .sort((one, other) => other.day.localeCompare(one.day))
  }

  /** Returns the day's name. It is cached, because most runs have the same day as the run before. */
  private dayOf(time: number): string {
    const count = Math.floor(time / dayMs)
    if (count !== this.day.count)
      this.day = { count, name: new Date(time).toISOString().slice(0, 10) }
    return this.day.name
  }

  private row(principal: string, day: string, modelId: string, agent: string): UsageTotal {
    const name = JSON.stringify([principal, day, modelId, agent])
    const found = this.rows.get(name)
    if (found) return found
    const spent = { runs: 0, modelCalls: 0, usage: null, costUsd: 0, knownCostUsd: 0 }
    const row = { principal, day, modelId, agent, ...spent }
    this.rows.set(name, row)
    const [oldest] = this.rows.keys()
    if (this.rows.size > maxRows && oldest !== undefined) this.rows.delete(oldest)
    return row
  }
}
