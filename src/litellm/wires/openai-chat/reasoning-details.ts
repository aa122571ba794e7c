import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'

/**
 * Builds OpenRouter's `reasoning_details` from the pieces of a stream. Pieces of one index and type
 * belong to one detail: their texts are joined, and a later signature or id is added.
 */
export class ReasoningDetails {
  private readonly details: JsonObject[] = []

  get all(): readonly JsonObject[] {
    return this.details
  }

  /** Adds pieces. Returns their text, which servers may send only here. */
  push(pieces: JsonValue | undefined): string {
    let text = ''
    for (const piece of Array.isArray(pieces) ? pieces.filter(isJsonObject) : []) {
      text += textOf(piece.text) || textOf(piece.summary)
      const open = this.details.find((detail) => continues(detail, piece))
      if (!open) this.details.push({ ...piece })
      else
        for (const [key, value] of Object.entries(piece)) {
          const before = open[key]
          const grows = key === 'text' || key === 'summary' || key === 'data'
          if (grows && typeof before === 'string' && typeof value === 'string')
            open[key] = before + value
          else if (value !== null && value !== undefined) open[key] = value
        }
    }
    return text
  }
}

/** A detail of another index, type or id is another one. */
function continues(detail: JsonObject, { index, type, id }: JsonObject): boolean {
  if (index === undefined || detail.index !== index || detail.type !== type) return false
  return id === undefined || id === null || detail.id === undefined || detail.id === id
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
