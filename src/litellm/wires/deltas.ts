import type { ModelEvent } from '../../agent/model.js'

export type Delta = Extract<ModelEvent, { type: 'textDelta' | 'reasoningDelta' | 'toolUseStart' }>

/**
 * Deltas that came together, as few as say the same: what arrives in one piece need not climb up to
 * the caller token by token. What came before a failure goes out before it.
 */
export function* joined(deltas: Iterable<Delta>): Generator<Delta> {
  let open: Exclude<Delta, { type: 'toolUseStart' }> | undefined
  try {
    for (const delta of deltas) {
      if (delta.type !== 'toolUseStart' && open?.type === delta.type) {
        open.text += delta.text
        continue
      }
      if (open) yield open
      open = undefined
      if (delta.type === 'toolUseStart') yield delta
      else open = { ...delta }
    }
  } catch (error) {
    if (open) yield open
    throw error
  }
  if (open) yield open
}
