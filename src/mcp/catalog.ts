import type { Tool as McpTool, Prompt } from '@modelcontextprotocol/server'
import type { Config } from '../config/resolve.js'
import { allows } from '../policy/allowance.js'
import { instructions } from './instructions.js'
import { listPrompts } from './prompts.js'
import type { Services } from './services.js'
import type { ServerTool } from './tool-call.js'
import { agentTool } from './tools/agent-tool.js'
import { answerApprovalTool } from './tools/answer-approval.js'

import { cancelRunTool } from './tools/cancel-run.js'
import { forgetSessionTool } from './tools/forget-session.js'
import { getRunTool } from './tools/get-run.js'
import { listModelsTool } from './tools/list-models.js'
import { listRunsTool } from './tools/list-runs.js'
import { listSessionsTool } from './tools/list-sessions.js'
import { runAgentTool } from './tools/run-agent.js'
import { structuredExtractTool } from './tools/structured-extract.js'

/**
 * Holds the tools, prompts and instructions for one configuration. Lists are built on first use.
 */
export class Catalog {
  readonly tools: ReadonlyMap<string, ServerTool>
  readonly instructions: string
  private readonly config: Config
  private described: McpTool[] | undefined
  private prompts: Prompt[] | undefined

  constructor(services: Services) {
    this.config = services.config
    const profiles = [...this.config.agents.values()]
    const agents = profiles.filter(({ exposeAs }) => exposeAs === 'tool')
    const asks = profiles.some(({ approval }) => approval.length > 0)
    const all = [
      runAgentTool(services),
      structuredExtractTool(services),
      getRunTool(services),
      cancelRunTool(services),
      listRunsTool(services),
      listModelsTool(services),
      listSessionsTool(services),
      forgetSessionTool(services),
      ...(asks ? [answerApprovalTool(services)] : []),
      ...agents.map((profile) => agentTool(profile, services)),
    ]
    const { caller } = this.config.allow
    const open = all.filter(({ name }) => allows(caller.tools, name))
    this.tools = new Map(open.map((tool) => [tool.name, tool]))
    this.instructions = instructions(this.config)
  }

  listTools(): McpTool[] {
    this.described ??= [...this.tools.values()].map((tool) => tool.describe())
    return this.described
  }

  listPrompts(): Prompt[] {
    this.prompts ??= listPrompts(this.config)
    return this.prompts
  }
}

const catalogs = new WeakMap<Config, Catalog>()

/** Returns the catalog for the configuration of these services. */
export function catalogFor(services: Services): Catalog {
  const catalog = catalogs.get(services.config) ?? new Catalog(services)
  catalogs.set(services.config, catalog)
  return catalog
}

/** Marks which of the lists that clients cache have changed. */
export interface ListChanges {
  tools: boolean
  prompts: boolean
}

/** Returns the lists as clients have them, for comparison. */
export function publishedLists(services: Services): Record<keyof ListChanges, string> {
  const catalog = new Catalog(services)
  return {
    tools: JSON.stringify(catalog.listTools()),
    prompts: JSON.stringify(catalog.listPrompts()),
  }
}
