import { pathText } from '../util/nearest-name.js'

/** An error in the configuration, or a setting that probably does not work as intended. */
export interface ConfigProblem {
  /** The key in the file, or the environment variable. Empty if the file itself is meant. */
  path: readonly PropertyKey[]
  message: string
  /** What to do about it, if the message does not say so. */
  fix?: string
  line?: number | undefined
}

/** All errors of the configuration, in one message. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(
    readonly problems: readonly ConfigProblem[],
    readonly file: string | undefined,
    /** The files that were read. */
    readonly files: readonly string[] = [],
  ) {
    const lines = problems.map((problem) => `  - ${problemText(problem)}`)
    super(`The configuration${file ? ` in ${file}` : ''} has problems:\n${lines.join('\n')}`)
  }
}

/** Returns `line 3, agents.reviewer.tools[0]: …`, with the fix. */
export function problemText({ path, message, line, fix }: ConfigProblem): string {
  const text = fix === undefined ? message : `${message}. ${fix}`
  const place = [
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(path.length > 0 ? [pathText(path)] : []),
  ]
  return place.length > 0 ? `${place.join(', ')}: ${text}` : text
}
