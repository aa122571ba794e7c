type Environment = Readonly<Record<string, string | undefined>>

/**
 * Pure. The variables that a client was to fill in and did not: a field left empty reaches the server
 * as nothing, or as the placeholder itself. Of MCP bundles, VS Code, Cursor and Windsurf; and a
 * variable that refers to itself, as Gemini CLI and Claude Code leave one that is not set.
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
