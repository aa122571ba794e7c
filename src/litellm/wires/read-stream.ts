import { AgentError } from '../../agent/errors.js'
import type { HttpReply } from '../http/reply.js'
import { coalesce, type Delta } from './deltas.js'
import { type EmitCallEvent, emitAll, type WireCall } from './wire.js'

/** Holds a streamed response and what builds the answer from it. */
export interface StreamedAnswer {
  reply: HttpReply
  /** The data of the events, grouped by read. */
  events: AsyncGenerator<string[]>
  builder: {
    /** Whether the provider said that the stream is over. */
    readonly hasEnded: boolean
    /** Whether the model has finished. Usage may follow. */
    readonly isFinished: boolean
    /** Whether the model has finished and its usage is known. */
    readonly isComplete: boolean
  }
  /** Converts the events of one read. */
  push(events: readonly string[]): Iterable<Delta>
}

/** After the model has finished, the stream is over if nothing follows for this long. */
const silenceMs = 2_000

/**
 * Reports a streamed response as it arrives. It ends with the provider's own signal, because
 * gateways may keep the connection open.
 */
export async function readStream(
  { builder, events, push, reply }: StreamedAnswer,
  { signal }: WireCall,
  emit: EmitCallEvent,
): Promise<void> {
  try {
    while (!builder.hasEnded) {
      const next = events.next()
      const step = builder.isFinished ? await unlessSilent(next) : await next
      if (step === undefined || step.done) break
      await emitAll(coalesce(push(step.value)), emit)
    }
    reply.release()
  } catch (thrown) {
    void events.return(undefined)
    // A connection failure after the last event does not affect the answer.
    if (thrown instanceof AgentError || signal.aborted || !builder.isComplete) throw thrown
  }
}

/** Returns `undefined` if nothing arrives in time. A later failure does not matter then. */
async function unlessSilent<Step>(next: Promise<Step>): Promise<Step | undefined> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, silenceMs, undefined)
  })
  next.catch(() => {})
  try {
    return await Promise.race([next, silence])
  } finally {
    clearTimeout(timer)
  }
}
