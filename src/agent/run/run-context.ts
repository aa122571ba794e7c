import type { Budget } from '../budget/budget.js'
import type { AgentEvent, Emit } from '../events.js'
import type { Limits } from '../limits.js'
import type { MetricsRecorder } from '../metrics/recorder.js'
import type { Span } from '../span.js'
import type { Approve } from '../tools/approval.js'
import type { ParentRun } from '../tools/tool.js'
import type { RunSignal } from './run-signal.js'

/** The default nesting depth of agents below the first one. */
const defaultMaxDepth = 5

/** A run, and its place among the runs above and below it. */
export interface RunContext {
  name: string
  parent: ParentRun | undefined
  maxDepth: number | undefined
  budget: Budget
  run: RunSignal
  recorder: MetricsRecorder
  approve: Approve | undefined
}

/** Creates the view of a run that its tools get. */
export function parentRun(
  context: RunContext,
  emit: ParentRun['emit'],
  span: Span | undefined,
): ParentRun {
  const { name, parent, maxDepth = defaultMaxDepth, budget, run, recorder, approve } = context
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

/** Pauses the clocks of a run and of the runs above it. Returns a function that resumes them. */
export function pauseAll(run: RunSignal, parent: ParentRun | undefined): () => void {
  const resume = run.pauseClock()
  const resumeAbove = parent?.pauseClock()
  return () => {
    resume()
    resumeAbove?.()
  }
}

/** Wraps an event sink so that the runs above also get the events. */
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
