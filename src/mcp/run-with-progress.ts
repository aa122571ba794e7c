import type { RunOutcome } from '../runs/run.js'
import type { RunSpec } from '../runs/spec.js'
import { Progress } from './progress.js'
import type { Services } from './services.js'
import { ShortAnswers } from './short-answers.js'
import type { ToolCall } from './tool.js'

const shortAnswers = new ShortAnswers()

/** Runs, tells a listening client how it goes, and logs how it went. */
export async function runWithProgress(
  spec: RunSpec,
  { signal, sendProgress }: ToolCall,
  { log, runs }: Services,
): Promise<RunOutcome> {
  const { modelId } = spec
  const progress = sendProgress && new Progress(sendProgress)
  try {
    const outcome = await runs.run(spec, {
      signal,
      ...(progress
        ? { onEvent: (event) => progress.onEvent(event) }
        : shortAnswers.expected(modelId) && { stream: false }),
    })
    shortAnswers.learn(modelId, spentBy(outcome).metrics)
    log.info('run ended', summary(outcome))
    return outcome
  } finally {
    progress?.stop()
  }
}

function spentBy(outcome: RunOutcome) {
  return 'error' in outcome ? outcome.error : outcome.result
}

/** For the log: never what was asked or answered. */
function summary(outcome: RunOutcome) {
  const { runId, modelId } = outcome
  const { usage, metrics } = spentBy(outcome)
  return {
    runId,
    modelId,
    ...('error' in outcome
      ? { error: outcome.error.code }
      : { stopReason: outcome.result.stopReason }),
    cycles: metrics?.cycles.length ?? 0,
    latencyMs: metrics?.latencyMs,
    usage,
    costUsd: metrics?.costUsd,
  }
}
