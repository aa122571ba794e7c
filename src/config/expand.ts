/** A problem with the configuration, and where in the file it is (empty: the file itself). */
export interface ConfigProblem {
  path: string
  message: string
}

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g

/**
 * A parsed file with `${VAR}` and `${VAR:-default}` filled in, in every text but never in a key. A
 * variable that is not set and has no default is a problem.
 */
export function expandVariables(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
  problems: ConfigProblem[],
  path = '',
): unknown {
  if (typeof value === 'string')
    return value.replace(variable, (_, name: string, fallback?: string) => {
      const found = env[name] || fallback
      if (found === undefined)
        problems.push({ path, message: `the environment variable ${name} is not set` })
      return found ?? ''
    })
  if (Array.isArray(value))
    return value.map((item, index) => expandVariables(item, env, problems, `${path}[${index}]`))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    expandVariables(item, env, problems, path === '' ? key : `${path}.${key}`),
  ])
  return Object.fromEntries(entries)
}
