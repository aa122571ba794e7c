import { wholeRunMeta } from '../results/run-meta.js'
import { answerOf, runResult } from '../results/run-result.js'
import type { Services } from '../services.js'

/** Returns a run with its whole answer, its transcript, and the metrics of every cycle. */
export async function runView(
  runId: string,
  principal: string,
  services: Services,
): Promise<object | undefined> {
  const record = await services.runs.get(runId, principal)
  const messages = await services.runs.transcript(runId, principal)
  if (!record || !messages) return undefined
  const { metrics, outcome, usage } = record
  const { structuredContent } = runResult(record, services)
  const text = outcome ? answerOf(outcome) : record.text
  return { ...(structuredContent as object), text, messages, ...wholeRunMeta(usage, metrics) }
}
