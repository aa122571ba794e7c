import { byModel } from '../../agent/metrics/child-totals.js'
import type { Metrics, ModelSpending } from '../../agent/metrics/types.js'

/** What one agent's calls of one model took in a run. */
export interface SpendingRow extends ModelSpending {
  /** The profile; empty: none. */
  agent: string
  modelId: string
  runs: number
}

/** A run's spending by agent and model, with the agents that worked below it. */
export function spendingRows(agent: string, { agents = {}, cycles }: Metrics): SpendingRow[] {
  const rows = (name: string, runs: number, models: Record<string, ModelSpending>) =>
    Object.entries(models).map(([modelId, spent]) => ({ agent: name, modelId, runs, ...spent }))
  const below = Object.entries(agents).flatMap(([name, { models, runs }]) =>
    rows(name, runs, models),
  )
  return [...rows(agent, 1, byModel(cycles)), ...below]
}
