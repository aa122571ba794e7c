import type { ConfigProblem } from './problems.js'

type Environment = Readonly<Record<string, string | undefined>>
type Path = readonly PropertyKey[]

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g

/**
 * A parsed file with `${VAR}` and `${VAR:-default}` filled in, in every text but never in a key or a
 * prompt. A variable that is not set and has no default is a problem.
 */
export function expandVariables(
  value: unknown,
  env: Environment,
  problems: ConfigProblem[],
  path: Path = [],
): unknown {
  if (typeof value === 'string') {
    if (isPrompt(path)) return value
    return value.replace(variable, (_, name: string, fallback?: string) => {
      const found = env[name] || fallback
      if (found === undefined)
        problems.push({ path, message: `the environment variable ${name} is not set` })
      return found ?? ''
    })
  }
  if (Array.isArray(value))
    return value.map((item, index) => expandVariables(item, env, problems, [...path, index]))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    expandVariables(item, env, problems, [...path, key]),
  ])
  return Object.fromEntries(entries)
}

/** A prompt is for a model, and may speak of variables; the path of a file is no prompt. */
function isPrompt(path: Path): boolean {
  return path[0] === 'agents' && path[2] === 'systemPrompt' && path.at(-1) !== 'textFile'
}
