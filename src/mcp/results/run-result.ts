import type { CallToolResult } from '@modelcontextprotocol/server'
import { emptyCacheReport } from '../../agent/metrics/cache-report.js'
import type { Metrics } from '../../agent/metrics/types.js'
import { noUsage, type Usage } from '../../agent/metrics/usage.js'
import {
  hasEnded,
  type PendingApproval,
  type RunFailure,
  type RunOutcome,
  type RunRecord,
  type RunResult,
} from '../../runs/engine.js'
import { cutText } from '../../util/cut-text.js'
import { describeCall } from '../../util/describe-call.js'
import { visibleText } from '../../util/visible-text.js'
import type { Services } from '../services.js'
import { failure, success, textContent } from './results.js'
import { runContent } from './run-content.js'
import { runMeta, spending } from './run-meta.js'

/** Returns a run as the result of every tool that reports one: run_agent, get_run, cancel_run, … */
export function runResult(record: RunRecord, services: Services): CallToolResult {
  const { outcome } = record
  if (!outcome || !hasEnded(record.status)) return runningResult(record)
  if ('error' in outcome) return failedResult(record, outcome.error, services)
  return completedResult(record, outcome.result, services)
}

/** Returns what a run did so far, and how to continue. */
function runningResult(record: RunRecord): CallToolResult {
  const { activity, approvals, metrics, runId, text, tool, usage } = record
  const soFar = tool === 'structured_extract' ? { output: null } : { text, stopReason: null }
  const next = approvals
    ? `The run ${runId} waits until the user decides about tool calls. Ask the user, then pass each decision to answer_approval, or stop the run with cancel_run.`
    : `The run ${runId} is still running (${visibleText(activity)}). Call get_run with this runId to wait for its result, or cancel_run to stop it.`
  return success(
    [...textContent(next), ...textContent(callsText(approvals ?? []))],
    {
      status: 'running',
      ...soFar,
      ...identity(record),
      doing: activity,
      ...(approvals && { approvals }),
      ...spending({ usage, metrics }),
    },
    runMeta(usage, metrics),
  )
}

function callsText(approvals: readonly PendingApproval[]): string {
  return approvals
    .map(
      ({ input, toolName, toolUseId }) =>
        `toolUseId ${visibleText(toolUseId)}: ${describeCall(toolName, input)}`,
    )
    .join('\n')
}

function failedResult(record: RunRecord, error: RunFailure, { redact }: Services): CallToolResult {
  const { attempts, limit, text } = error
  const spent = error.metrics ? { usage: error.usage, metrics: error.metrics } : unspent
  const soFar =
    record.tool === 'structured_extract'
      ? { output: null, attempts: attempts ?? 0 }
      : { text: text ?? '', stopReason: null }
  const about = { ...soFar, ...identity(record), ...spending(spent), ...(limit && { limit }) }
  return failure(error, redact, about, runMeta(spent.usage, spent.metrics))
}

/** What a run spent that failed before its first model call. */
const unspent: { usage: Usage; metrics: Metrics } = {
  usage: noUsage,
  metrics: {
    cycles: [],
    latencyMs: 0,
    tools: {},
    costUsd: 0,
    costSource: 'reported',
    cache: emptyCacheReport(),
    accumulatedUsage: noUsage,
    notices: [],
  },
}

function completedResult(
  record: RunRecord,
  result: RunResult,
  { config }: Services,
): CallToolResult {
  const { output, usage, metrics, limit, attempts = 0, stopReason } = result
  const text = cutText(answerOf({ result }), config.runs.maxTextChars)
  return success(
    runContent(record, result, config),
    {
      status: record.status,
      ...(record.tool === 'structured_extract'
        ? { output, attempts }
        : { text, stopReason, ...(output !== undefined && { output }) }),
      ...identity(record),
      ...spending(result),
      ...(limit && { limit }),
    },
    runMeta(usage, metrics),
  )
}

/** Returns the text of the model, or the object as JSON if the model gave no text. */
export function answerOf(outcome: RunOutcome): string {
  if ('error' in outcome) return outcome.error.text ?? ''
  const { output, text } = outcome.result
  return text === '' && output !== undefined ? JSON.stringify(output) : text
}

function identity({ modelId, runId, sessionId }: RunRecord) {
  return { runId, modelId, ...(sessionId !== undefined && { sessionId }) }
}
