/** The options that stand for arguments and tools of the MCP server. */
const flags: Readonly<Record<string, string>> = {
  agent: '--agent',
  modelId: '--model',
  outputSchema: '--schema',
  params: '--param',
  sessionId: '--session',
  systemPrompt: '--system',
  tools: '--tool',
  maxCostUsd: '--max-cost',
  maxCycles: '--max-cycles',
  timeoutSeconds: '--timeout',
  list_models: 'litellm-agents-mcp models',
}

/**
 * Replaces the names of arguments in a message by options, such as `` `modelId` `` and `limits.maxCostUsd`
 * by `--model` and `--max-cost`. Messages put arguments of tools in backticks; other names stay.
 */
export function inFlags(text: string): string {
  return text.replace(
    /`(\w+)`|(?<![.\w])limits\.(\w+)/g,
    (whole, name: string | undefined, limit: string | undefined) => {
      const argument = name ?? limit ?? ''
      return Object.hasOwn(flags, argument) ? (flags[argument] ?? whole) : whole
    },
  )
}
