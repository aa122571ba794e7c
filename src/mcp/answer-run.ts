import type { RunRecord } from '../runs/engine.js'
import { runResult } from './run-result.js'
import type { Services } from './services.js'
import type { ToolAnswer, ToolCall } from './tool.js'
import { unknownRun } from './unknown-run.js'
import { waitForRun } from './wait-for-run.js'

export interface RunAnswer {
  record: RunRecord
  answer: ToolAnswer
}

/**
 * Waits for a run and answers with its result, with how far it is, or with a form where it waits for
 * a person whom the client can ask.
 */
export async function answerRun(
  runId: string,
  waitSeconds: number | undefined,
  call: ToolCall,
  services: Services,
): Promise<RunAnswer> {
  const { asking, principal } = call
  // Who leaves a form unanswered is not shown it again and again.
  const answered = await asking.decide(services.runs, principal)
  const record = await waitForRun(runId, waitSeconds, call, services)
  if (!record) throw unknownRun(runId, services.config)
  const ask = record.status === 'waiting' && asking.able && answered
  return { record, answer: ask ? await asking.form(record) : runResult(record, services) }
}
