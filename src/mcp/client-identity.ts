import { CLIENT_INFO_META_KEY, type Server, type ServerContext } from '@modelcontextprotocol/server'
import { isJsonObject } from '../agent/content.js'

/** 2026 clients say who they are with each request, 2025 ones when they open a connection. */
export function clientName(server: Server, { mcpReq }: ServerContext): string | undefined {
  const { [CLIENT_INFO_META_KEY]: info }: Record<string, unknown> = mcpReq.envelope ?? {}
  if (isJsonObject(info) && typeof info.name === 'string') return info.name
  return server.getClientVersion()?.name
}
