import { isInputRequiredResult } from '@modelcontextprotocol/server'
import { withinBudget } from '../../policy/within-budget.js'
import type { StartOptions } from '../../runs/engine.js'
import { hasEnded } from '../../runs/engine.js'
import type { RunSpec } from '../../runs/spec.js'
import type { Services } from '../services.js'
import type { ToolAnswer, ToolCall } from '../tool-call.js'

import { answerRun } from './answer-run.js'
import { LatencyHints } from './latency-hints.js'
import { createdTask } from './tasks.js'

/** The arguments of a tool that starts a run, of which these two are about the call itself. */
export interface RunCallArguments {
  waitSeconds?: number | undefined
  idempotencyKey?: string | undefined
}

/** A run that ends within this time is returned at once, which saves the client from polling a task. */
const taskWaitSeconds = 1
const shortAnswers = new LatencyHints()

/** Starts the run of a call, or joins it, and returns its result or a handle. */
export async function runCall(
  planned: RunSpec,
  args: RunCallArguments,
  call: ToolCall,
  services: Services,
): Promise<ToolAnswer> {
  const spec = {
    ...withinBudget(planned, call.budget),
    ...(call.trace && { trace: call.trace }),
  }
  const { modelId } = spec
  const { runId = await startRun(spec, args, call, services) } = call.elicitor
  const patience = args.waitSeconds ?? (call.takesTasks ? taskWaitSeconds : undefined)
  const { answer, record } = await answerRun(runId, patience, call, services)
  if (hasEnded(record.status)) shortAnswers.record(modelId, record.metrics)
  else if (call.takesTasks && !isInputRequiredResult(answer)) return createdTask(record, services)
  return answer
}

async function startRun(
  spec: RunSpec,
  args: RunCallArguments,
  call: ToolCall,
  { runs }: Services,
): Promise<string> {
  const { idempotencyKey, waitSeconds } = args
  const options: StartOptions = { signal: call.signal }
  if (!call.sendProgress && waitSeconds !== 0 && shortAnswers.isFast(spec.modelId))
    options.stream = false
  if (idempotencyKey !== undefined)
    options.idempotency = { key: idempotencyKey, argumentsDigest: argumentsDigest(spec, args) }
  return (await runs.start(spec, options)).runId
}

/** Returns the same digest for calls that ask for the same run, however long they wait for it. */
function argumentsDigest({ agent, tool }: RunSpec, args: RunCallArguments): string {
  const { idempotencyKey, waitSeconds, ...rest } = args
  const text = JSON.stringify([tool, agent, rest], (_, value: unknown) => sorted(value))
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('base64')
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
