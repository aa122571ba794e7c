import { answerOf, runResult } from '../results/run-result.js'
import type { Services } from '../services.js'

/** A run to be read: its result with the answer whole, and all that was said and done. */
export async function runView(
  runId: string,
  principal: string,
  services: Services,
): Promise<object | undefined> {
  const record = await services.runs.get(runId, principal)
  const messages = await services.runs.transcript(runId, principal)
  if (!record || !messages) return undefined
  const { structuredContent, _meta } = runResult(record, services)
  const text = record.outcome ? answerOf(record.outcome) : record.text
  return { ...(structuredContent as object), text, messages, ..._meta }
}
