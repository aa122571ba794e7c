import type { CallToolResult } from '@modelcontextprotocol/server'
import type { StartOptions } from '../runs/engine.js'
import { hasEnded } from '../runs/engine.js'
import type { RunSpec } from '../runs/spec.js'
import { withinBudget } from './passed-budget.js'
import { runResult } from './run-result.js'
import type { Services } from './services.js'
import { ShortAnswers } from './short-answers.js'
import { createdTask } from './tasks.js'
import type { ToolCall } from './tool.js'
import { unknownRun } from './unknown-run.js'
import { waitForRun } from './wait-for-run.js'

/** What every tool that starts a run can be told about waiting for it. */
export interface RunCallArguments {
  waitSeconds?: number | undefined
  idempotencyKey?: string | undefined
}

/** A short run is answered at once: that spares a client of tasks the asking. */
const taskWaitSeconds = 1
const shortAnswers = new ShortAnswers()

/** Starts the run of a call, or joins it, and answers with its result, or that it goes on. */
export async function runCall(
  planned: RunSpec,
  { idempotencyKey, waitSeconds }: RunCallArguments,
  call: ToolCall,
  services: Services,
): Promise<CallToolResult> {
  const spec = withinBudget(planned, call.budget)
  const { modelId } = spec
  const options: StartOptions = { signal: call.signal }
  if (!call.sendProgress && waitSeconds !== 0 && shortAnswers.expected(modelId))
    options.stream = false
  if (idempotencyKey !== undefined)
    options.idempotency = {
      key: idempotencyKey,
      argumentsDigest: argumentsDigest(spec, call.args),
    }
  const { runId } = await services.runs.start(spec, options)
  const patience = waitSeconds ?? (call.takesTasks ? taskWaitSeconds : undefined)
  const record = await waitForRun(runId, patience, call, services)
  if (!record) throw unknownRun(runId, services.config)
  if (hasEnded(record.status)) shortAnswers.learn(modelId, record.metrics)
  else if (call.takesTasks) return createdTask(record, services)
  return runResult(record, services)
}

/** Two calls ask for the same where these are the same; how long they wait does not count. */
function argumentsDigest({ agent, tool }: RunSpec, args: unknown): string {
  const { idempotencyKey, waitSeconds, ...rest } = args as RunCallArguments
  const text = JSON.stringify([tool, agent, rest], (_, value: unknown) => sorted(value))
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('base64')
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
