import { AgentError } from '../../agent/errors.js'
import { coalesce, type Delta } from './deltas.js'
import { type EmitCallEvent, emitAll, type WireCall } from './wire.js'

/** Reports a streamed response as it arrives. `push` converts the events of one read. */
export async function readStream(
  body: AsyncIterable<string[]>,
  builder: { readonly isComplete: boolean },
  push: (events: readonly string[]) => Iterable<Delta>,
  { signal }: WireCall,
  emit: EmitCallEvent,
): Promise<void> {
  try {
    for await (const events of body) await emitAll(coalesce(push(events)), emit)
  } catch (thrown) {
    // A connection failure after the last event does not affect the answer.
    if (thrown instanceof AgentError || signal.aborted || !builder.isComplete) throw thrown
  }
}
