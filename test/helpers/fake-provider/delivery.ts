import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RenderedStream, StreamEvent } from './reply.js'
import type { Step } from './types.js'

/** Long enough for a client on loopback to read what came before a reset. */
const BEFORE_RESET_MS = 20

export type Answer = {
  status: number
  headers: Record<string, string>
  /** A whole body, or a stream of events. */
  body: string | RenderedStream
}

/**
 * Sends an answer the way the step wants it. Resolves when done, or when the client has gone;
 * `onEnd` is called only in the first case.
 */
export async function deliver(
  res: ServerResponse,
  answer: Answer,
  step: Step,
  onEnd: () => void,
): Promise<void> {
  const gone = new AbortController()
  res.once('close', () => gone.abort())
  try {
    await send(res, answer, step, gone.signal)
    if (gone.signal.aborted || step.end === 'hang') return
    if (step.end === 'reset') await sleep(BEFORE_RESET_MS, undefined, { signal: gone.signal })
    onEnd()
    if (step.end === 'reset') res.socket?.resetAndDestroy()
    else res.end()
  } catch (error) {
    if (!gone.signal.aborted) throw error
  }
}

async function send(res: ServerResponse, answer: Answer, step: Step, gone: AbortSignal) {
  const pause = (ms: number | undefined) => ms && sleep(ms, undefined, { signal: gone })
  const breaksOff = step.end === 'reset' || step.end === 'hang'
  await pause(step.delayMs)

  const { body, headers, status } = answer
  if (typeof body === 'string') {
    if (breaksOff) return
    res.writeHead(status, headers)
    return write(res, body, step.splitBytes)
  }

  res.writeHead(status, headers)
  res.flushHeaders()
  await pause(step.firstChunkDelayMs)
  let isFirst = true
  const events = breaksOff ? body.content : [...body.content, ...body.closing]
  for (const { bytes, isContent } of joined(events, step)) {
    if (isContent && !isFirst) await pause(step.betweenChunksMs)
    if (isContent) isFirst = false
    if (gone.aborted) return
    await write(res, bytes, step.splitBytes)
  }
}

/** One run of bytes where they are to be cut regardless of events. */
function joined(events: StreamEvent[], step: Step): StreamEvent[] {
  if (!step.splitBytes || step.betweenChunksMs) return events
  const bytes = Buffer.concat(events.map((event) => Buffer.from(event.bytes)))
  return [{ bytes, isContent: true }]
}

async function write(
  res: ServerResponse,
  content: string | Uint8Array,
  splitBytes = Infinity,
): Promise<void> {
  const bytes = Buffer.from(content)
  for (let start = 0; start < bytes.length && !res.destroyed; start += splitBytes) {
    await new Promise((resolve) => {
      res.write(bytes.subarray(start, start + splitBytes), resolve)
    })
  }
}
