import { isInputRequiredResult } from '@modelcontextprotocol/server'
import type { RunRecord } from '../../runs/engine.js'
import { defaultWaitSeconds } from '../client/wait-seconds.js'
import { runNotFound } from '../results/run-not-found.js'
import { runResult } from '../results/run-result.js'
import type { Services } from '../services.js'
import type { ToolAnswer, ToolCall } from '../tool-call.js'

import { Progress } from './progress.js'

export interface RunAnswer {
  record: RunRecord
  answer: ToolAnswer
}

/**
 * Waits for a run as long as the call allows. Returns its result, its state so far, or an approval form
 * if the client can show one. Sends progress meanwhile if the client asked for it.
 */
export async function answerRun(
  runId: string,
  waitSeconds: number | undefined,
  call: ToolCall,
  services: Services,
): Promise<RunAnswer> {
  const { elicitor, client, principal, sendProgress, signal } = call
  const { runs } = services
  const seconds = waitSeconds ?? defaultWaitSeconds(client, sendProgress !== undefined)
  const until = performance.now() + seconds * 1000
  const left = () => Math.max(0, until - performance.now())
  const progress = sendProgress && new Progress(sendProgress)
  try {
    let answered = await elicitor.decide(runs, principal)
    for (;;) {
      const record = await runs.wait(runId, principal, {
        timeoutMs: left(),
        signal,
        asks: elicitor.supported && elicitor.inline && answered,
        ...(progress && { onProgress: (doing) => progress.say(doing) }),
      })
      if (!record) throw runNotFound(runId, services.config)
      // Ask only once: if the user ignores the form, return the run as waiting.
      if (record.status !== 'waiting' || !elicitor.supported || !answered)
        return { record, answer: runResult(record, services) }
      const asked = await elicitor.ask(record, { runs, principal, signal, timeoutMs: left() })
      if (isInputRequiredResult(asked)) return { record, answer: asked }
      answered = asked
    }
  } finally {
    progress?.stop()
  }
}
