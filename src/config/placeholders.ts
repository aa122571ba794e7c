type Environment = Readonly<Record<string, string | undefined>>

/**
 * Returns the names of variables that a client left as placeholders. MCP bundles, VS Code, Cursor and
 * Windsurf pass on the placeholder of a field that the user left empty; Gemini CLI and Claude Code pass
 * on a variable that refers to itself if it is not set. Pure.
 */
export function unfilled(env: Environment): string[] {
  const isOne = (name: string, value: string) =>
    /^\$\{(user_config\.|input:|env:)[^{}]*\}$/.test(value) ||
    value === `$${name}` ||
    value === `\${${name}}`
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && isOne(name, value) ? [name] : [],
  )
}
