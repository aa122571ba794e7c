import { PROTOCOL_VERSION_META_KEY } from '@modelcontextprotocol/server'
import { isJsonObject, type JsonObject } from '../../util/json.js'
import { errorResponse, type RpcErrorResponse, rpcCodes } from '../jsonrpc/error-response.js'
import { isId } from '../jsonrpc/message-kinds.js'
import { supportedRevisions } from '../jsonrpc/revisions.js'

export const versionHeader = 'mcp-protocol-version'

/** Returns the revision that a version header names, or `undefined` if it is missing or empty. */
export function namedRevision(header: string | string[] | undefined): string | undefined {
  const version = String(header ?? '').trim()
  return version === '' ? undefined : version
}

/** Returns whether a message opens a 2025 session, which negotiates the revision in its params. */
export function negotiates({ method, params }: JsonObject): boolean {
  return method === 'initialize' && !claimsRevision(params)
}

/**
 * Returns the error response to a message with an unsupported version header. A 2026 request names
 * its revision in `_meta` too, where the SDK checks it.
 */
export function unsupportedRevision(
  message: JsonObject,
  revision: string | undefined,
): RpcErrorResponse | undefined {
  if (revision === undefined || supportedRevisions.includes(revision)) return undefined
  if (negotiates(message) || claimsRevision(message.params)) return undefined
  const { id } = message
  const supported = supportedRevisions.join(', ')
  return errorResponse(
    isId(id) ? id : null,
    rpcCodes.unsupportedVersion,
    {
      code: 'invalidRequest',
      message: `The MCP-Protocol-Version header names the unsupported revision ${JSON.stringify(revision.slice(0, 100))}.`,
      hint: `Send the revision that initialize agreed on, one of ${supported}.`,
    },
    { supported: supportedRevisions, requested: revision },
  )
}

function claimsRevision(params: unknown): boolean {
  const meta = isJsonObject(params) ? params._meta : undefined
  return isJsonObject(meta) && meta[PROTOCOL_VERSION_META_KEY] !== undefined
}
