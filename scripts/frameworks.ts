import { isPython, lockedVersion, snippetOf } from '../test/clients/stack-files.js'
import { type Stack, stacks } from '../test/clients/stacks.js'

/** Returns a section of docs/frameworks.md for each stack, with the code that test/clients runs. */
export function frameworksText(): string {
  return stacks.map(section).join('\n\n')
}

function section(stack: Stack): string {
  const code = `\`\`\`${isPython(stack) ? 'python' : 'js'}\n${snippetOf(stack)}\`\`\``
  const parts = [`## ${stack.title}`, installation(stack), stack.note, code]
  return parts.filter((part) => part !== undefined).join('\n\n')
}

function installation(stack: Stack): string {
  const { package: name, with: others = [] } = stack
  const packages = [name, ...others].map((one) => (one.includes('<') ? `"${one}"` : one)).join(' ')
  const command = isPython(stack) ? `pip install ${packages}` : `npm install ${packages}`
  const mcp = isPython(stack) && name !== 'mcp' ? ` with mcp ${lockedVersion(stack, 'mcp')}` : ''
  return `\`${command}\`. Tested: ${lockedVersion(stack)}${mcp}.`
}
