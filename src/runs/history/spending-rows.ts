import { byModel } from '../../agent/metrics/child-totals.js'
import type { Metrics, ModelSpending } from '../../agent/metrics/types.js'

/** Holds what one agent spent on one model in a run. */
export interface SpendingRow extends ModelSpending {
  /** The profile's name; empty if there is none. */
  agent: string
  modelId: string
  runs: number
}

/** Returns a run's spending by agent and model, child agents included. */
export function spendingRows(agent: string, { agents = {}, cycles }: Metrics): SpendingRow[] {
  const rows = (name: string, runs: number, models: Record<string, ModelSpending>) =>
    Object.entries(models).map(([modelId, spent]) => ({ agent: name, modelId, runs, ...spent }))
  const below = Object.entries(agents).flatMap(([name, { models, runs }]) =>
    rows(name, runs, models),
  )
  return [...rows(agent, 1, byModel(cycles)), ...below]
}
