import { AgentError } from '../../agent/errors.js'
import { type Delta, joined } from './deltas.js'
import { type Tell, tellAll, type WireCall } from './wire.js'

/** Reports a streamed response as it arrives. `push` converts the events of one read. */
export async function tellStream(
  body: AsyncIterable<string[]>,
  builder: { readonly saidAll: boolean },
  push: (events: readonly string[]) => Iterable<Delta>,
  { signal }: WireCall,
  tell: Tell,
): Promise<void> {
  try {
    for await (const events of body) await tellAll(joined(push(events)), tell)
  } catch (thrown) {
    // A connection failure after the last event does not affect the answer.
    if (thrown instanceof AgentError || signal.aborted || !builder.saidAll) throw thrown
  }
}
