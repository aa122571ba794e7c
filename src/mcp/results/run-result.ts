import type { CallToolResult } from '@modelcontextprotocol/server'
import {
  hasEnded,
  type PendingApproval,
  type RunFailure,
  type RunOutcome,
  type RunRecord,
  type RunResult,
} from '../../runs/engine.js'
import { cutText } from '../../util/cut-text.js'
import type { Services } from '../services.js'
import { runUri } from '../uris.js'
import { cacheAdvice } from './cache-advice.js'
import { imageContent } from './images.js'
import { failure, runMeta, spending, success } from './results.js'

/** A run as the tool that started it answers, and get_run and cancel_run after it. */
export function runResult(record: RunRecord, services: Services): CallToolResult {
  const { outcome } = record
  if (!outcome || !hasEnded(record.status)) return runningResult(record)
  if ('error' in outcome) return failedResult(record, outcome.error, services)
  return completedResult(record, outcome.result, services)
}

/** What a run has done so far, and how to come back for the rest. */
function runningResult(record: RunRecord): CallToolResult {
  const { approvals, doing, metrics, runId, text, tool, usage } = record
  const soFar = tool === 'structured_extract' ? { output: null } : { text, stopReason: null }
  return success(
    approvals
      ? `The run ${runId} waits until the user decides about ${toldCalls(approvals)}. Ask the user, then bring the decision by answer_approval, or stop the run by cancel_run.`
      : `The run ${runId} goes on (${doing}). Call get_run with this runId to wait for its result, or cancel_run to stop it.`,
    {
      status: 'running',
      ...soFar,
      ...about(record),
      doing,
      ...(approvals && { approvals }),
      ...spending({ usage, metrics }),
    },
    runMeta(usage, metrics),
  )
}

function toldCalls(approvals: readonly PendingApproval[]): string {
  return approvals
    .map(({ toolName, toolUseId }) => `${toolName} (toolUseId ${toolUseId})`)
    .join(', ')
}

function failedResult(record: RunRecord, error: RunFailure, { redact }: Services): CallToolResult {
  const { attempts, limit, text } = error
  const soFar =
    record.tool === 'structured_extract'
      ? { output: null, attempts: attempts ?? 0 }
      : { text: text ?? '', stopReason: null }
  return failure(error, { ...soFar, ...about(record), ...(limit && { limit }) }, redact)
}

function completedResult(record: RunRecord, result: RunResult, { config }: Services) {
  const { agent, runId, status, tool } = record
  const profile = config.agents.get(agent)
  const { output, usage, metrics, limit, attempts = 0, stopReason } = result
  const answer = answerOf({ result })
  const extraction = tool === 'structured_extract'
  const text = extraction ? answer : cutText(answer, config.runs.maxTextChars)
  const told = success(
    text,
    {
      status,
      ...(extraction
        ? { output, attempts }
        : { text, stopReason, ...(output !== undefined && { output }) }),
      ...about(record),
      ...spending(result),
      ...(limit && { limit }),
    },
    runMeta(usage, metrics),
    (profile?.cacheAdvice ?? config.defaults.cacheAdvice) ? cacheAdvice(metrics.cache) : undefined,
    extraction ? [] : imageContent(result.message),
  )
  if (text.length < answer.length) told.content.push(...wholeAnswer(runId, text, answer))
  return told
}

/** The answer: the text, or the object as JSON where the model gave only that. */
export function answerOf(outcome: RunOutcome): string {
  if ('error' in outcome) return outcome.error.text ?? ''
  const { output, text } = outcome.result
  return text === '' && output !== undefined ? JSON.stringify(output) : text
}

function about({ modelId, runId, sessionId }: RunRecord) {
  return { runId, modelId, ...(sessionId !== undefined && { sessionId }) }
}

function wholeAnswer(runId: string, text: string, answer: string): CallToolResult['content'] {
  return [
    {
      type: 'text',
      text: `The answer is cut after ${text.length} of ${answer.length} characters; the whole is in the resource ${runUri(runId)}.`,
    },
    {
      type: 'resource_link',
      uri: runUri(runId),
      name: `run-${runId}`,
      title: 'The whole run',
      mimeType: 'application/json',
    },
  ]
}
