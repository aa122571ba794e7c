/** Returns the changed lines between two texts, without the common lines before and after. Pure. */
export function changedLines(before: string, after: string): string[] {
  const [old, fresh] = [before.split('\n'), after.split('\n')]
  let start = 0
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++
  let end = 0
  const most = Math.min(old.length, fresh.length) - start
  while (end < most && old.at(-1 - end) === fresh.at(-1 - end)) end++
  const removed = old.slice(start, old.length - end).map((line) => `- ${line}`)
  const added = fresh.slice(start, fresh.length - end).map((line) => `+ ${line}`)
  return [...removed.filter((line) => line !== '- '), ...added]
}
