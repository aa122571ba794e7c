/** Inserts a text between the markers with that name in a Markdown page. */
export function withSection(page: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name}: written by npm run generate -->`, `<!-- /${name} -->`]
  const from = page.indexOf(start)
  const to = page.indexOf(end)
  if (from === -1 || to < from) throw new Error(`The page must have the line ${start} and ${end}.`)
  return `${page.slice(0, from + start.length)}\n\n${text}\n\n${page.slice(to)}`
}

/** Returns a Markdown table. The first row is its header. */
export function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}
