import { pathText } from '../util/nearest-name.js'

/** What is wrong with the configuration, and where in the file it is (empty path: the file itself). */
export interface ConfigProblem {
  path: readonly PropertyKey[]
  message: string
  line?: number | undefined
}

/** Everything wrong with the configuration, in one message. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(
    readonly problems: readonly ConfigProblem[],
    readonly file: string | undefined,
    /** What was read to find out. */
    readonly files: readonly string[] = [],
  ) {
    const lines = problems.map((problem) => `  - ${problemText(problem)}`)
    super(`The configuration${file ? ` in ${file}` : ''} has problems:\n${lines.join('\n')}`)
  }
}

/** `line 3, agents.reviewer.tools[0]: …` */
export function problemText({ path, message, line }: ConfigProblem): string {
  const place = [
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(path.length > 0 ? [pathText(path)] : []),
  ]
  return place.length > 0 ? `${place.join(', ')}: ${message}` : message
}
