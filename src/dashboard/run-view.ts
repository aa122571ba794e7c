import type { RunRecord, TimelineStep } from '../runs/engine.js'

import type { LiveRun, RunView } from './api.js'

/**
 * Returns one run as the dashboard shows it: its steps and its spending. It never contains prompt
 * or response text.
 */
export function runView(record: RunRecord, redact: (text: string) => string): RunView {
  const { metrics, outcome, sessionId, steps, usage } = record
  const error = outcome && 'error' in outcome ? outcome.error : undefined
  return {
    runId: record.runId,
    principal: record.principal,
    agent: record.agent,
    modelId: record.modelId,
    sessionId: sessionId ?? null,
    status: record.status,
    doing: record.activity,
    createdAt: record.createdAt,
    endedAt: record.endedAt ?? null,
    latencyMs: Math.round(metrics.latencyMs),
    usage,
    costUsd: metrics.costUsd,
    savedUsd: metrics.cache.savedUsd,
    error: error
      ? { code: error.code, message: redact(error.message), hint: redact(error.hint) }
      : null,
    cycles: metrics.cycles.map(
      ({ answeredBy, costUsd, error, latencyMs, modelId, stopReason, usage }) => ({
        modelId,
        ...(answeredBy !== undefined && { answeredBy }),
        usage,
        costUsd,
        latencyMs: Math.round(latencyMs),
        stopReason,
        ...(error !== undefined && { error }),
      }),
    ),
    tools: metrics.tools,
    steps: [...(steps ?? inARow(record))],
    approximate: steps === undefined,
  }
}

export function liveRun(record: RunRecord): LiveRun {
  const { metrics, usage } = record
  const tools = Object.entries(metrics.tools).map(([name, { calls }]) => [name, calls] as const)
  return {
    runId: record.runId,
    principal: record.principal,
    agent: record.agent,
    modelId: record.modelId,
    status: record.status,
    doing: record.activity,
    createdAt: record.createdAt,
    cycles: metrics.cycles.length,
    tools: Object.fromEntries(tools),
    totalTokens: usage?.totalTokens ?? null,
    costUsd: metrics.costUsd,
  }
}

/**
 * Returns the steps of a run without recorded start times: each step starts when the previous one
 * ends.
 */
function inARow({ metrics }: RunRecord): TimelineStep[] {
  let startMs = 0
  const next = (step: Omit<TimelineStep, 'startMs'>): TimelineStep => {
    const placed = { ...step, startMs, durationMs: Math.round(step.durationMs) }
    startMs += placed.durationMs
    return placed
  }
  const cycles = metrics.cycles.map(({ answeredBy, latencyMs, modelId, stopReason }, index) =>
    next({
      kind: 'cycle',
      name: answeredBy ?? modelId,
      cycle: index + 1,
      durationMs: latencyMs,
      failed: stopReason === null,
    }),
  )
  const tools = Object.entries(metrics.tools).map(([name, { calls, errors, totalMs }]) =>
    next({
      kind: 'tool',
      name: calls > 1 ? `${name} (${calls} calls)` : name,
      cycle: 0,
      durationMs: totalMs,
      failed: errors > 0,
    }),
  )
  return [...cycles, ...tools]
}
