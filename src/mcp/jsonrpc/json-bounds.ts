export interface JsonBounds {
  maxDepth: number
  maxElements?: number
}

/** Returns the bound that a parsed JSON value breaks, if any. It does not recurse, so no value is too deep for it. */
export function brokenBound(
  value: unknown,
  { maxDepth, maxElements = Number.POSITIVE_INFINITY }: JsonBounds,
): keyof JsonBounds | undefined {
  let level: unknown[] = [value]
  let count = 0
  for (let depth = 0; level.length > 0; depth++) {
    const below: unknown[] = []
    for (const holder of level) {
      if (typeof holder !== 'object' || holder === null) continue
      const members = Object.values(holder)
      count += members.length
      if (count > maxElements) return 'maxElements'
      for (const member of members) if (typeof member === 'object') below.push(member)
    }
    if (depth === maxDepth && below.length > 0) return 'maxDepth'
    level = below
  }
  return undefined
}
