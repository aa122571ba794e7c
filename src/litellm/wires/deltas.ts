import type { ModelEvent } from '../../agent/model.js'

export type Delta = Extract<ModelEvent, { type: 'textDelta' | 'reasoningDelta' | 'toolUseStart' }>

/**
 * Joins adjacent deltas of the same type, so that the caller receives one delta instead of one per
 * token. If the source fails, the deltas before the failure are yielded first.
 */
export function* coalesce(deltas: Iterable<Delta>): Generator<Delta> {
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
