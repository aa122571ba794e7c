import { isJsonObject, type JsonObject } from '../util/json.js'

/** Reads the fields of a file, and knows afterwards which nobody asked for. */
export class Fields {
  private readonly read = new Set<string>()
  readonly notes: string[] = []

  constructor(
    private readonly fields: JsonObject,
    /** The fields that only the other program's screen uses. */
    private readonly cosmetic: readonly string[] = [],
  ) {}

  value(name: string): unknown {
    this.read.add(name)
    return this.fields[name]
  }

  text(name: string): string | undefined {
    const value = this.value(name)
    if (value === undefined || value === null) return undefined
    if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim()
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    this.notes.push(`${name} is not text`)
    return undefined
  }

  number(name: string): number | undefined {
    const value = this.value(name)
    if (value === undefined || value === null || value === '') return undefined
    const number = typeof value === 'string' ? Number(value) : value
    if (typeof number === 'number' && Number.isFinite(number)) return number
    this.notes.push(`${name} is not a number`)
    return undefined
  }

  /** A limit, which must be at least 1. */
  count(name: string): number | undefined {
    const number = this.number(name)
    if (number === undefined || (Number.isInteger(number) && number > 0)) return number
    this.notes.push(`${name} is not a whole number above 0`)
    return undefined
  }

  /** A list, or text with commas. `undefined` if the field is absent. */
  list(name: string): string[] | undefined {
    const value = this.value(name)
    if (value === undefined || value === null) return undefined
    if (typeof value === 'string') return splitList(value)
    if (!Array.isArray(value)) {
      this.notes.push(`${name} is not a list`)
      return undefined
    }
    return value.flatMap((item) => (typeof item === 'string' ? [item.trim()] : []))
  }

  object(name: string): JsonObject | undefined {
    const value = this.value(name)
    if (value === undefined || value === null) return undefined
    if (isJsonObject(value)) return value
    this.notes.push(`${name} is not an object`)
    return undefined
  }

  /** Marks fields as read that have no counterpart, with what that means. */
  without(names: Readonly<Record<string, string>>): void {
    for (const [name, meaning] of Object.entries(names))
      if (this.value(name) !== undefined && this.fields[name] !== null)
        this.notes.push(`${name} has no counterpart: ${meaning}`)
  }

  /** Returns the fields that nothing has read, except those that only concern a screen. */
  rest(): JsonObject {
    const rest = Object.entries(this.fields).filter(
      ([name, value]) => !this.read.has(name) && value !== undefined && value !== null,
    )
    return Object.fromEntries(rest)
  }

  /** Returns all notes, with one for the fields that nothing has read. */
  allNotes(): string[] {
    const rest = Object.keys(this.rest())
    const shown = rest.filter((name) => this.cosmetic.includes(name))
    const unknown = rest.filter((name) => !this.cosmetic.includes(name))
    return [
      ...this.notes,
      ...(unknown.length > 0 ? [`${listed(unknown)} left out: unknown here`] : []),
      ...(shown.length > 0
        ? [`${listed(shown)} left out: only for the other program's screen`]
        : []),
    ]
  }
}

function listed(names: readonly string[]): string {
  return `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'}`
}

/** Splits at commas outside parentheses: `Read, Agent(a, b)` has two items. */
function splitList(text: string): string[] {
  const items: string[] = []
  let depth = 0
  let item = ''
  for (const character of text) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (character === ',' && depth <= 0) {
      items.push(item)
      item = ''
    } else item += character
  }
  return [...items, item].map((one) => one.trim()).filter((one) => one !== '')
}
