import type { Tool } from '../agent/tools/tool.js'
import { calculator } from './calculator.js'
import { currentTime } from './current-time.js'

/** The tools that need no configuration, by name. */
export const builtinTools: ReadonlyMap<string, Tool> = new Map(
  [calculator, currentTime].map((tool) => [tool.spec.name, tool]),
)
