import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { isJsonObject } from '../../util/json.js'

import { sessionHeader } from './call-id.js'
import { canShowForms, type SessionClient, sessionClient } from './session-id.js'

/*
 * 2026 clients say who they are and what they can do with each request; 2025 ones when they open a
 * connection, and over HTTP by the id of their session.
 */

export function clientName(server: Server, context: ServerContext): string | undefined {
  const { [CLIENT_INFO_META_KEY]: info } = saidWithRequest(context)
  if (isJsonObject(info) && typeof info.name === 'string') return info.name
  return server.getClientVersion()?.name ?? clientOfSession(context)?.name
}

/** Whether the client can show a form to a person. */
export function showsForms(server: Server, context: ServerContext): boolean {
  const { [CLIENT_CAPABILITIES_META_KEY]: capabilities = server.getClientCapabilities() } =
    saidWithRequest(context)
  return capabilities ? canShowForms(capabilities) : (clientOfSession(context)?.showsForms ?? false)
}

function saidWithRequest({ mcpReq }: ServerContext): Record<string, unknown> {
  return mcpReq.envelope ?? {}
}

function clientOfSession({ http }: ServerContext): SessionClient | undefined {
  return sessionClient(http?.req?.headers.get(sessionHeader))
}
