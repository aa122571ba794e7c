import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/server'
import { isJsonObject, type JsonObject } from '../../util/json.js'

const knownCapabilities = ['elicitation', 'experimental', 'extensions', 'roots', 'sampling']

/**
 * Returns a sentence on what is wrong with the members of `_meta` by which a 2026 client describes
 * itself, or `undefined`. The SDK checks them too, but describes them in its schema library's terms.
 */
export function wrongEnvelope(meta: JsonObject): string | undefined {
  const version = meta[PROTOCOL_VERSION_META_KEY]
  if (version === undefined) return undefined
  if (typeof version !== 'string') return mustBe(PROTOCOL_VERSION_META_KEY, '', 'a string')
  return (
    wrongInfo(meta[CLIENT_INFO_META_KEY]) ?? wrongCapabilities(meta[CLIENT_CAPABILITIES_META_KEY])
  )
}

function wrongInfo(info: unknown): string | undefined {
  if (info === undefined) return undefined
  if (!isJsonObject(info)) return mustBe(CLIENT_INFO_META_KEY, '', 'an object')
  for (const name of ['name', 'version'])
    if (typeof info[name] !== 'string') return mustBe(CLIENT_INFO_META_KEY, `.${name}`, 'a string')
  return undefined
}

function wrongCapabilities(capabilities: unknown): string | undefined {
  if (capabilities === undefined) return undefined
  if (!isJsonObject(capabilities)) return mustBe(CLIENT_CAPABILITIES_META_KEY, '', 'an object')
  for (const name of knownCapabilities)
    if (capabilities[name] !== undefined && !isJsonObject(capabilities[name]))
      return mustBe(CLIENT_CAPABILITIES_META_KEY, `.${name}`, 'an object')
  return undefined
}

function mustBe(key: string, member: string, what: string): string {
  return `The member ${key}${member} of _meta must be ${what}.`
}
