import { resolve } from 'node:path'

const ours = resolve(import.meta.dirname, '../src/mcp/jsonrpc/message-kinds.ts')
const names = [
  'isJSONRPCRequest',
  'isJSONRPCNotification',
  'isJSONRPCResultResponse',
  'isJSONRPCErrorResponse',
]

/**
 * Replaces functions of the MCP SDK with this project's own; src/mcp/jsonrpc/message-kinds.ts gives
 * the reason.
 */
export const messageKinds = {
  name: 'message-kinds',
  transform: {
    filter: { id: /@modelcontextprotocol\/(server|client)\/dist\/src-.*\.mjs$/ },
    handler: (code, id) => {
      let rest = code
      for (const name of names) {
        const own = new RegExp(
          `^const ${name} = \\(value\\) => \\w+\\.safeParse\\(value\\)\\.success;$`,
          'm',
        )
        if (!own.test(rest)) throw new Error(`${id} has no ${name} that could be replaced`)
        rest = rest.replace(own, '')
      }
      return {
        code: `import { ${names.join(', ')} } from ${JSON.stringify(ours)};\n${rest}`,
        map: null,
      }
    },
  },
}
