import type { Approve } from './approval.js'
import type { Budget } from './budget.js'
import type { AgentEvent } from './events.js'
import type { Limits } from './limits.js'
import type { ChildSpending, MetricsRecorder } from './metrics.js'
import type { Model } from './model.js'
import type { RunSignal } from './run-signal.js'
import type { Span } from './span.js'
import type { Emit } from './streamed.js'
import type { Tool } from './tool.js'

/** How many agents may work below one another, under the first. */
const defaultMaxDepth = 5

/**
 * The run that a tool works in, as the tool sees it. A tool that runs an agent hands it to that run
 * as `parent`: limits, clock, events and spending are then shared.
 */
export interface ParentRun {
  /** The names of the agents at work, the outermost first; one without a name is ''. */
  readonly path: readonly string[]
  /** How many agents may still work below one another. */
  readonly depthLeft: number
  readonly budget: Budget
  /** Asks the person who answers for this run, and for those below it. */
  readonly approve: Approve | undefined
  /** The tool's call, where somebody watches. */
  readonly span: Span | undefined
  /** What is left of the limits that are shared: cost, tokens and time. */
  remaining(): Limits
  /** Stops the clocks of this run and of those above until what it returns is called. */
  pauseClock(): () => void
  /** Counts a run's spending as this run's; `spending` is asked when totals are needed. */
  addChild(agent: string, spending: () => ChildSpending): void
  /**
   * Counts a run that took nothing from `budget` while it worked, such as one in another process
   * or one whose result was kept.
   */
  report(agent: string, spending: ChildSpending): void
  /**
   * Where runs survive a crash: what an agent below works with, such that what it has done is
   * recorded, and not done again. By `approve` it asks about its own tool calls.
   */
  recorded?(parts: WorkingParts): WorkingParts & { approve: Approve }
  /** Shows what happens in a run below; `agent` is its path from here. */
  emit(agent: readonly string[], event: AgentEvent): void
}

/** What an agent works with. */
export interface WorkingParts {
  model: Model
  tools: readonly Tool[]
}

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
export function shownAbove(
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
