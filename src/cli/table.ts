export interface Column {
  head: string
  right?: boolean
}

const gap = 2

/**
 * Returns a table whose columns are as wide as their widest cell. If it is wider than `maxWidth`, the
 * columns on the right are left out, and a first cell that still does not fit gets a line of its own.
 * Pure.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  maxWidth = Infinity,
): string {
  const all = [columns.map(({ head }) => head), ...rows]
  const widths = columns.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)))
  const shown = shownColumns(widths, maxWidth)
  const others = widths.slice(1, shown).reduce((sum, width) => sum + width + gap, 0)
  const first = Math.max(Math.min(widths[0] ?? 0, maxWidth - others), 0)
  const line = (row: readonly string[]) => {
    const cells = columns.slice(0, shown).map(({ right }, at) => {
      const cell = row[at] ?? ''
      const width = at === 0 ? first : (widths[at] ?? 0)
      return right ? cell.padStart(width) : cell.padEnd(width)
    })
    const [id = '', ...rest] = cells
    const before = id.length > first ? `${id}\n${''.padEnd(first)}` : id
    return [before, ...rest].join(' '.repeat(gap)).trimEnd()
  }
  return `${all.map(line).join('\n')}\n`
}

/** Returns how many columns leave at least half of the width for the first one. */
function shownColumns([first = 0, ...others]: readonly number[], maxWidth: number): number {
  let shown = others.length + 1
  const total = () => others.slice(0, shown - 1).reduce((sum, width) => sum + width + gap, 0)
  while (shown > 1 && total() + Math.min(first, maxWidth / 2) > maxWidth) shown--
  return shown
}
