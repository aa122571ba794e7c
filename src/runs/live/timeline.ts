import type { AgentEvent } from '../../agent/events.js'
import type { TimelineStep } from '../engine.js'

/** The maximum number of steps. Only the first steps of a longer run are kept. */
const maxSteps = 1_000

/** Records the start time and duration of each step of a run. */
export class Timeline {
  readonly steps: TimelineStep[] = []

  add(event: AgentEvent, elapsedMs: number): void {
    const step = this.steps.length < maxSteps && stepOf(event)
    if (!step) return
    const startMs = Math.max(0, Math.round(elapsedMs - step.durationMs))
    this.steps.push({ ...step, startMs, durationMs: Math.round(step.durationMs) })
  }
}

function stepOf(event: AgentEvent): Omit<TimelineStep, 'startMs'> | undefined {
  if (event.type === 'cycleEnd') {
    const { answeredBy, latencyMs, modelId, stopReason } = event.metrics
    return {
      kind: 'cycle',
      name: answeredBy ?? modelId,
      cycle: event.cycle,
      durationMs: latencyMs,
      failed: stopReason === null,
    }
  }
  if (event.type === 'toolEnd') {
    const { cycle, durationMs, name, status } = event
    return { kind: 'tool', name, cycle, durationMs, failed: status === 'error' }
  }
  if (event.type !== 'childEvent') return undefined
  const below = stepOf(event.event)
  const name = event.agent.join(' > ')
  return below?.kind === 'cycle' ? { ...below, kind: 'agent', name } : undefined
}
