import type { Budget } from '../budget/budget.js'
import type { AgentEvent, Emit } from '../events.js'
import type { Limits } from '../limits.js'
import type { MetricsRecorder } from '../metrics/recorder.js'
import type { Span } from '../span.js'
import type { Approve } from '../tools/approval.js'
import type { ParentRun } from '../tools/tool.js'

import type { RunSignal } from './run-signal.js'

/** How many agents may work below one another, under the first. */
const defaultMaxDepth = 5

/** One run's place among the runs above it and below. */
export interface RunPlace {
  name: string
  parent: ParentRun | undefined
  maxDepth: number | undefined
  budget: Budget
  run: RunSignal
  recorder: MetricsRecorder
  approve: Approve | undefined
}

/** What a run shows its tools. */
export function parentRun(
  place: RunPlace,
  emit: ParentRun['emit'],
  span: Span | undefined,
): ParentRun {
  const { name, parent, maxDepth = defaultMaxDepth, budget, run, recorder, approve } = place
  return {
    path: [...(parent?.path ?? []), name],
    depthLeft: Math.min(maxDepth, (parent?.depthLeft ?? Infinity) - 1),
    budget,
    approve,
    span,
    remaining: () => ({ ...budget.remaining(), ...timeLeft(run, parent) }),
    pauseClock: () => pauseAll(run, parent),
    addChild: (agent, spending) => recorder.addChild(agent, spending),
    report: (agent, spending) => {
      budget.spend({ usage: spending.usage, costUsd: spending.metrics.costUsd })
      recorder.addChild(agent, () => spending)
    },
    emit,
  }
}

export function pauseAll(run: RunSignal, parent: ParentRun | undefined): () => void {
  const resume = run.pauseClock()
  const resumeAbove = parent?.pauseClock()
  return () => {
    resume()
    resumeAbove?.()
  }
}

/** Tells of a run's events also the runs above. */
export function forwardToParent(
  emit: Emit<AgentEvent>,
  name: string,
  parent: ParentRun,
): Emit<AgentEvent> {
  return (event) => {
    if (event.type === 'childEvent') parent.emit([name, ...event.agent], event.event)
    else parent.emit([name], event)
    return emit(event)
  }
}

function timeLeft(run: RunSignal, parent: ParentRun | undefined): Pick<Limits, 'timeoutSeconds'> {
  const own = run.leftSeconds ?? Infinity
  const timeoutSeconds = Math.min(own, parent?.remaining().timeoutSeconds ?? Infinity)
  return timeoutSeconds === Infinity ? {} : { timeoutSeconds }
}
