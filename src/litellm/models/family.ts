interface Version {
  family: 'claude' | 'gpt'
  /** The name of the size or kind: `opus`, `mini`, `codex`. It may be empty. */
  line: string
  number: number
}

/** Matches `claude-opus-5-5` and, in older names, `claude-3-7-sonnet`. */
const claudeName =
  /(?:^|[/.])claude-(?:([a-z]+)-(\d{1,2})(?:[-.](\d{1,2})(?!\d))?(?!\d)|(\d{1,2})(?:[-.](\d{1,2}))?-([a-z]+))/i
/** Matches `gpt-6.1-sol`, and not `gpt-4o` or `gpt-4-turbo`. */
const gptName = /(?:^|[/.])gpt-(\d{1,2})(?:\.(\d{1,2}))?(?![\d.o])(?!-turbo)(?:-([a-z]+))?/i

/**
 * Returns the newest known model that is like an unknown Claude or GPT: of the same line and not
 * newer, or the newest of all if the line is new and the model too. Returns `undefined` for other
 * models and for old ones. Pure.
 */
export function newestLike<Known extends { model: string }>(
  model: string,
  known: readonly Known[],
): Known | undefined {
  const wanted = versionOf(model)
  if (!wanted) return undefined
  const family = known.flatMap((one) => {
    const version = versionOf(one.model)
    return version?.family === wanted.family ? [{ one, version }] : []
  })
  const line = family.filter(({ version }) => version.line === wanted.line)
  const older = (line.length > 0 ? line : family).filter(
    ({ version }) => version.number <= wanted.number,
  )
  // A new name with an old version is not a new model.
  if (line.length === 0 && older.length < family.length) return undefined
  return older.reduce<(typeof family)[number] | undefined>(
    (best, one) => (best && best.version.number >= one.version.number ? best : one),
    undefined,
  )?.one
}

function versionOf(model: string): Version | undefined {
  const claude = claudeName.exec(model)
  if (claude) {
    const [, line, major, minor, oldMajor, oldMinor, oldLine] = claude
    return {
      family: 'claude',
      line: (line ?? oldLine ?? '').toLowerCase(),
      number: numberOf(major ?? oldMajor, minor ?? oldMinor),
    }
  }
  const [, major, minor, line = ''] = gptName.exec(model) ?? []
  if (major === undefined) return undefined
  return { family: 'gpt', line: line.toLowerCase(), number: numberOf(major, minor) }
}

/** Returns 5.04 for version 5.4, so that 5.10 is newer than 5.9. */
function numberOf(major: string | undefined, minor = '0'): number {
  return Number(major) + Number(minor) / 100
}
