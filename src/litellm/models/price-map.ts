import type { JsonObject, JsonValue } from '../../util/json.js'

/** Describes models in a compact form, as src/litellm/data/models.json and an update store them. */
export interface PriceMap {
  /** Where the data comes from: `LiteLLM 1.102.4`, or the address of an update. */
  readonly source: string
  /** The day of the data: of the release, or of the update. */
  readonly date: string
  readonly fields: readonly string[]
  /**
   * Lists field numbers for each shape: fields with a value, fields that are true, and fields that
   * are false.
   */
  readonly shapes: readonly (readonly (readonly number[])[])[]
  /** Lists the number of a shape, followed by the values. */
  readonly rows: readonly (readonly JsonValue[])[]
  /**
   * Maps the models of each provider to row numbers. A name that begins with a slash is appended to
   * the provider's name.
   */
  readonly models: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** Returns an entry of LiteLLM's price map from its row. Pure. */
export function entryOf({ fields, shapes, rows }: PriceMap, number: number): JsonObject {
  const [shape, ...values] = rows[number] ?? []
  const [valued = [], yes = [], no = []] = shapes[Number(shape)] ?? []
  const entry: JsonObject = { mode: 'chat' }
  const set = (field: number, value: JsonValue | undefined) => {
    const name = fields[field]
    if (name !== undefined && value !== undefined) entry[name] = value
  }
  for (const [position, field] of valued.entries()) set(field, values[position])
  for (const field of yes) set(field, true)
  for (const field of no) set(field, false)
  return entry
}

/**
 * Returns the row numbers of a provider by full name in lower case. The map is created on first
 * use.
 */
export function rowsByName({
  models,
}: PriceMap): (provider: string) => ReadonlyMap<string, number> {
  const made = new Map<string, ReadonlyMap<string, number>>()
  return (provider) => {
    let rows = made.get(provider)
    if (!rows) {
      const whole = (name: string) => (name.startsWith('/') ? provider + name : name).toLowerCase()
      rows = new Map(
        Object.entries(models[provider] ?? {}).map(([name, row]) => [whole(name), row]),
      )
      made.set(provider, rows)
    }
    return rows
  }
}
