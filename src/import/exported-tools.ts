type ToolTable = Readonly<Record<string, string>>

export const claudeTools: ToolTable = {
  'files/read': 'Read',
  'files/list': 'LS',
  'files/glob': 'Glob',
  'files/grep': 'Grep',
  'files/edit': 'MultiEdit',
  'files/write': 'Write',
  web_fetch: 'WebFetch',
}
export const copilotTools: ToolTable = { web_fetch: 'web' }
export const openTools: ToolTable = {
  'files/read': 'read',
  'files/list': 'list',
  'files/glob': 'glob',
  'files/grep': 'grep',
  'files/edit': 'patch',
  'files/write': 'write',
  web_fetch: 'webfetch',
}
export const geminiTools: ToolTable = {
  'files/read': 'read_file',
  'files/list': 'list_directory',
  'files/glob': 'glob',
  'files/grep': 'search_file_content',
  'files/edit': 'replace',
  'files/write': 'write_file',
  web_fetch: 'web_fetch',
}

/** Returns the names of tools in another program. Those without one keep theirs. */
export function toolNames(tools: readonly string[], names: ToolTable): string[] {
  return tools.map((tool) => {
    const agent = agentOf(tool)
    if (agent !== undefined) return `Agent(${agent})`
    return names[tool] ?? tool
  })
}

/** Returns the agent that a tool is, if it is one. */
export function agentOf(tool: string): string | undefined {
  return /^agent_(.+)$/.exec(tool)?.[1]
}
