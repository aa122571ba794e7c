/**
 * Returns the name that is most similar to the given one; `undefined` if none is similar enough.
 * `most` is the number of letters that may differ.
 */
export function nearest(
  name: string,
  names: readonly string[],
  most: number = Math.max(2, Math.floor(plain(name).length / 3)),
): string | undefined {
  const wanted = plain(name)
  let best: string | undefined
  let least = most + 1
  for (const candidate of names) {
    const distance = editDistance(wanted, plain(candidate))
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** Formats a path into a value in common notation: `limits.maxCycles`, `prompt[0].text`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : `${text}${text && '.'}${String(part)}`,
    '',
  )
}

/** Normalizes a name, so that `model_id`, `model-id` and `modelId` are equal. */
function plain(name: string): string {
  return name
    .slice(0, 64)
    .replace(/[^a-z0-9]/gi, '')
    .toLowerCase()
}

/** Returns the number of letters to insert, delete or replace to turn one word into the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
