import type { JsonObject } from './fake-provider/index.js'

export const takesTasks = { extensions: { 'io.modelcontextprotocol/tasks': {} } }

/** Parameters as a client of 2026-07-28 sends them, with what it says it can do. */
export function modernParams(params: JsonObject, capabilities: JsonObject): JsonObject {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  }
  return { ...params, _meta }
}
