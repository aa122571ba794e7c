import { toolNamePattern } from '../../agent/tool.js'

/** A tool's name as providers take it: one that a model made up goes back as a marker. */
export function sentToolName(name: string): string {
  return toolNamePattern.test(name) ? name : 'INVALID_TOOL_NAME'
}
