import type { JsonObject } from './fake-provider/index.js'

const tasks = { extensions: { 'io.modelcontextprotocol/tasks': {} } }

/** Parameters as a client of 2026-07-28 sends them; `takesTasks`: it declares that extension. */
export function modernParams(params: JsonObject, takesTasks: boolean): JsonObject {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': takesTasks ? tasks : {},
  }
  return { ...params, _meta }
}
