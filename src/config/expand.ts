import type { ConfigProblem } from './problems.js'

type Environment = Readonly<Record<string, string | undefined>>
type Path = readonly PropertyKey[]

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g

/**
 * Returns a parsed file with `${VAR}` and `${VAR:-default}` replaced in every string, except in keys and
 * prompts. A variable that is not set and has no default is a problem, and so is a key that JavaScript
 * objects cannot hold.
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
  const entries = Object.entries(value).flatMap(([key, item]) => {
    // The schema's parser drops this key without a word.
    if (key === '__proto__') {
      problems.push({ path: [...path, key], message: 'this name is reserved; use another one' })
      return []
    }
    return [[key, expandVariables(item, env, problems, [...path, key])]]
  })
  return Object.fromEntries(entries)
}

/** Returns whether a value is a prompt, which may mention variables. The path of a prompt's file is not one. */
function isPrompt(path: Path): boolean {
  return path[0] === 'agents' && path[2] === 'systemPrompt' && path.at(-1) !== 'textFile'
}
