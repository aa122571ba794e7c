import type { AgentResult } from '../agent/result.js'
import { agentTool, type ChildRunOptions } from '../agent/tools/agent-as-tool.js'
import type { Tool } from '../agent/tools/tool.js'
import type { AgentProfile } from '../config/profiles.js'
import type { Config } from '../config/resolve.js'
import { agentToolPrefix } from '../config/tool-references.js'
import { allowanceOf } from '../policy/allowance.js'
import { planCall } from '../policy/plan-run.js'
import { runAlone } from '../runs/run.js'
import type { BuildRun, RunSpec } from '../runs/spec.js'
import type { PartsSource } from './model-factory.js'

/**
 * Returns a tool that runs a profile for another agent. The profile has its own model, prompt,
 * tools and limits, within the limits of the run.
 */
export function profileTool(
  { name, description }: AgentProfile,
  { principal, readOnly }: RunSpec,
  source: PartsSource,
  buildRun: BuildRun,
): Tool {
  const run = async (prompt: string, options: ChildRunOptions): Promise<AgentResult> => {
    const child = { config: forModels(source.config, principal), models: source.models }
    const planned = planCall('run_agent', { prompt, agent: name }, principal, child)
    // A read-only run may only start read-only runs.
    const spec = readOnly ? { ...planned, readOnly } : planned
    return runAlone(spec, await buildRun(spec, options.signal), options)
  }
  return agentTool({ name: `${agentToolPrefix}${name}`, agent: name, description, run })
}

/** Returns the configuration for child agents: the caller's restrictions apply to models, but not to agents. */
function forModels(config: Config, principal: string): Config {
  const { modelIds } = allowanceOf(principal, config)
  return modelIds ? { ...config, allow: { ...config.allow, caller: { modelIds } } } : config
}
