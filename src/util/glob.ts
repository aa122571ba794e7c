/**
 * Returns whether a name matches a glob, in which `*` matches any text. It compares the parts
 * between the stars, because a regular expression with several stars takes polynomial time.
 */
export function matchesGlob(glob: string, name: string): boolean {
  const [first = '', ...parts] = glob.split('*')
  const last = parts.pop()
  if (last === undefined) return name === glob
  const end = name.length - last.length
  if (end < first.length || !name.startsWith(first) || !name.endsWith(last)) return false
  // The first place of each part leaves the most room for the others.
  let at = first.length
  for (const part of parts) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= end
}

export function matchesAny(globs: readonly string[], name: string): boolean {
  return globs.some((glob) => matchesGlob(glob, name))
}
