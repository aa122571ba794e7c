import { readFileSync } from 'node:fs'
import { variables } from './variables.js'

const root = new URL('..', import.meta.url)
const { mcpName, name, version } = JSON.parse(
  readFileSync(new URL('package.json', root), 'utf8'),
) as Record<'mcpName' | 'name' | 'version', string>

/** Describes the server within the 100 characters that the registry accepts. */
export const summary =
  'Agents on any model LiteLLM reaches: tools, memory, cached prompts, limits on cost, typed answers'

export function serverJson() {
  return {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: mcpName,
    title: 'LiteLLM Agents',
    description: summary,
    version,
    packages: [
      {
        registryType: 'npm',
        identifier: name,
        version,
        runtimeHint: 'npx',
        transport: { type: 'stdio' },
        environmentVariables: inputs(),
      },
    ],
  }
}

/** Returns the variables of the README's table as form inputs. All are optional. */
function inputs() {
  return Object.entries(variables).flatMap(([name, { http, meaning, secret, ...rest }]) =>
    http
      ? []
      : [
          {
            name,
            description: meaning.replaceAll('`', ''),
            ...(secret && { isSecret: true }),
            ...rest,
          },
        ],
  )
}

/** Returns server.json, the entry for the MCP registry. */
export const serverJsonText = () => `${JSON.stringify(serverJson(), null, 2)}\n`
