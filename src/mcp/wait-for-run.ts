import type { RunRecord } from '../runs/engine.js'
import { Progress } from './progress.js'
import type { Services } from './services.js'
import type { ToolCall } from './tool.js'
import { defaultWaitSeconds } from './wait-seconds.js'

/** Waits for a run as long as the call wants to, and tells a listening client how it goes. */
export async function waitForRun(
  runId: string,
  waitSeconds: number | undefined,
  { client, principal, sendProgress, signal }: ToolCall,
  { runs }: Services,
): Promise<RunRecord | undefined> {
  const seconds = waitSeconds ?? defaultWaitSeconds(client, sendProgress !== undefined)
  const progress = sendProgress && new Progress(sendProgress)
  try {
    return await runs.wait(runId, principal, {
      timeoutMs: seconds * 1000,
      signal,
      ...(progress && { onProgress: (doing) => progress.say(doing) }),
    })
  } finally {
    progress?.stop()
  }
}
