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
 * A 2026 client describes itself in each request. A 2025 client does so once, when it opens a
 * connection; over HTTP, the id of its session repeats the description.
 */

export function clientName(server: Server, context: ServerContext): string | undefined {
  const { [CLIENT_INFO_META_KEY]: info } = requestEnvelope(context)
  if (isJsonObject(info) && typeof info.name === 'string') return info.name
  return server.getClientVersion()?.name ?? sessionClientOf(context)?.name
}

/** Returns whether the client can show a form (elicitation) to its user. */
export function showsForms(server: Server, context: ServerContext): boolean {
  const { [CLIENT_CAPABILITIES_META_KEY]: capabilities = server.getClientCapabilities() } =
    requestEnvelope(context)
  return capabilities ? canShowForms(capabilities) : (sessionClientOf(context)?.showsForms ?? false)
}

function requestEnvelope({ mcpReq }: ServerContext): Record<string, unknown> {
  return mcpReq.envelope ?? {}
}

function sessionClientOf({ http }: ServerContext): SessionClient | undefined {
  return sessionClient(http?.req?.headers.get(sessionHeader))
}
