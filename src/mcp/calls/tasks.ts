import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import * as z from 'zod'
import { hasEnded, type RunRecord } from '../../runs/engine.js'
import { isJsonObject } from '../../util/json.js'
import { showsForms } from '../client/identity.js'
import { id } from '../id.js'
import { runResult } from '../results/run-result.js'
import type { Services } from '../services.js'
import { approvalForms, takeAnswers } from './elicitation.js'

/**
 * Implements the Tasks extension of 2026-07-28 (SEP-2663): a client that declares it gets a task
 * instead of a handle. A task is a run. Its id is the runId, and get_run also finds it.
 */

export const tasksExtension = 'io.modelcontextprotocol/tasks'

const pollIntervalMs = 2_000
const taskParams = z.looseObject({
  taskId: id,
  inputResponses: z.record(z.string(), z.unknown()).optional(),
})

/** Returns whether the client of this request declared the extension. */
export function takesTasks({ mcpReq }: ServerContext): boolean {
  const envelope: Record<string, unknown> = mcpReq.envelope ?? {}
  const capabilities = envelope[CLIENT_CAPABILITIES_META_KEY]
  const extensions = isJsonObject(capabilities) ? capabilities.extensions : undefined
  return isJsonObject(extensions) && isJsonObject(extensions[tasksExtension])
}

interface Task {
  taskId: string
  status: 'working' | 'completed' | 'failed' | 'cancelled'
  statusMessage: string
  createdAt: string
  lastUpdatedAt: string
  ttlMs: number
  pollIntervalMs: number
}

/** Returns the result of a tools/call whose run is still running. */
export function createdTask(record: RunRecord, services: Services): CallToolResult {
  const created: Record<string, unknown> = { resultType: 'task', ...taskOf(record, services) }
  // The SDK's type for this method does not include the extension's result.
  return created as CallToolResult
}

export function serveTasks(server: Server, principal: string, services: () => Services): void {
  const serve = (
    method: string,
    answer: (
      runs: Services['runs'],
      taskId: string,
      request: { context: ServerContext; responses: Record<string, unknown> | undefined },
    ) => Promise<object | undefined>,
  ) =>
    server.setRequestHandler(method, { params: taskParams }, async (params, context) => {
      if (!takesTasks(context)) throw tasksRequired()
      const responses = params.inputResponses ?? context.mcpReq.inputResponses
      const result = await answer(services().runs, params.taskId, { context, responses })
      if (result) return { ...result }
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        'There is no such task. The id is wrong, or the task has expired.',
      )
    })

  serve('tasks/get', async (runs, taskId, { context }) => {
    const record = await runs.get(taskId, principal)
    return record && detailedTask(record, services(), showsForms(server, context))
  })
  serve('tasks/update', async (runs, taskId, { responses }) => {
    const record = await runs.get(taskId, principal)
    if (record) await takeAnswers(runs, taskId, principal, responses)
    return record && {}
  })
  serve('tasks/cancel', async (runs, taskId) => (await runs.cancel(taskId, principal)) && {})
}

function detailedTask(record: RunRecord, services: Services, forms: boolean) {
  const task = taskOf(record, services)
  // A client without forms reads the status message and calls answer_approval.
  if (record.status === 'waiting' && forms)
    return { ...task, status: 'input_required', inputRequests: approvalForms(record) }
  if (task.status === 'failed') return { ...task, error: internalError(record) }
  // A failed run is a tool call that completed with an error.
  return task.status === 'completed' ? { ...task, result: runResult(record, services) } : task
}

function taskOf(record: RunRecord, { config }: Services): Task {
  const { activity, createdAt, endedAt, runId, startedAt } = record
  return {
    taskId: runId,
    status: taskStatus(record),
    statusMessage: activity,
    createdAt: new Date(createdAt).toISOString(),
    lastUpdatedAt: new Date(endedAt ?? startedAt ?? createdAt).toISOString(),
    ttlMs: Math.floor(config.runs.resultTtlSeconds * 1000),
    pollIntervalMs,
  }
}

function taskStatus({ outcome, status }: RunRecord): Task['status'] {
  if (status === 'cancelled') return 'cancelled'
  if (outcome && 'error' in outcome && outcome.error.internal) return 'failed'
  return hasEnded(status) ? 'completed' : 'working'
}

function internalError({ outcome }: RunRecord) {
  const message = outcome && 'error' in outcome ? outcome.error.message : ''
  return { code: ProtocolErrorCode.InternalError, message }
}

function tasksRequired(): MissingRequiredClientCapabilityError {
  return new MissingRequiredClientCapabilityError({
    requiredCapabilities: { extensions: { [tasksExtension]: {} } },
  })
}
