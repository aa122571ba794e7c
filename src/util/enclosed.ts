export interface Enclosed {
  /** The region with its marks. */
  readonly outer: { start: number; end: number }
  readonly inner: { start: number; end: number }
}

/**
 * Finds the regions between an opening mark, whose first group is its name, and the next closing mark
 * of that name. A text is searched for the end of each name once in vain, so that many opening marks
 * without an end do not take quadratic time, which a single regular expression does.
 */
export function enclosed(
  text: string,
  opening: RegExp,
  closing: (name: string) => RegExp,
): Enclosed[] {
  const regions: Enclosed[] = []
  const unclosed = new Set<string>()
  opening.lastIndex = 0
  for (let open = opening.exec(text); open !== null; open = opening.exec(text)) {
    const name = (open[1] ?? '').toLowerCase()
    if (unclosed.has(name)) continue
    const start = opening.lastIndex
    const close = closing(name)
    close.lastIndex = start
    const found = close.exec(text)
    if (!found) {
      unclosed.add(name)
      continue
    }
    const { index } = found
    opening.lastIndex = close.lastIndex
    regions.push({
      outer: { start: open.index, end: close.lastIndex },
      inner: { start, end: index },
    })
  }
  return regions
}
