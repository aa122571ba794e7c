import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/server'
import { isJsonObject, type JsonObject, parseJsonObject } from '../../util/json.js'
import { wellFormedJson } from '../../util/well-formed.js'

/** The name or version of a client that does not give it. */
const unknown = 'unknown'

/**
 * Changes a message, in place, so that the SDK's strict schemas accept it. Serializers of many
 * languages write an absent member as null, PHP's writes an empty object as `[]`, and some clients send
 * `arguments` as JSON text. The arguments of a tool stay as they are, because the tool decides what null means in them.
 */
export function acceptAbsentMembers(message: JsonObject): void {
  const { method, params, result } = message
  if (params === null) delete message.params
  if (message.error === null) delete message.error
  if (result === null && (method !== undefined || message.error !== undefined))
    delete message.result
  if (typeof method !== 'string') {
    // In a response to an elicitation, null means that the person left a field empty.
    if (isJsonObject(result)) dropNulls(result)
    return
  }
  if (message.id === null && method.startsWith('notifications/')) delete message.id
  emptyListToObject(message, 'params')
  if (isJsonObject(message.params)) acceptParams(method, message.params)
}

function acceptParams(method: string, params: JsonObject): void {
  readCapabilities(params, 'capabilities')
  if (isJsonObject(params._meta)) readCapabilities(params._meta, CLIENT_CAPABILITIES_META_KEY)
  dropNulls(params, method === 'tools/call' ? 'arguments' : undefined)
  emptyListToObject(params, 'arguments')
  textToObject(params, 'arguments')
  emptyListToObject(params, '_meta')
  if (method === 'initialize') nameClient(params, 'clientInfo')
  const { _meta: meta } = params
  if (!isJsonObject(meta) || meta[PROTOCOL_VERSION_META_KEY] === undefined) return
  if (meta[CLIENT_INFO_META_KEY] !== undefined) nameClient(meta, CLIENT_INFO_META_KEY)
}

/** Null capabilities mean that the client has none; capabilities that are missing stay an error. */
function readCapabilities(holder: JsonObject, name: string): void {
  if (holder[name] === null) holder[name] = {}
  emptyListToObject(holder, name)
  const capabilities = holder[name]
  if (!isJsonObject(capabilities)) return
  for (const capability in capabilities) emptyListToObject(capabilities, capability)
}

function nameClient(holder: JsonObject, name: string): void {
  const info = holder[name] ?? {}
  if (isJsonObject(info)) holder[name] = { name: unknown, version: unknown, ...info }
}

function emptyListToObject(holder: JsonObject, name: string): void {
  const value = holder[name]
  if (Array.isArray(value) && value.length === 0) holder[name] = {}
}

/** Reads an object that a client encoded twice; an empty text and the text `null` stand for no object. */
function textToObject(holder: JsonObject, name: string): void {
  const value = holder[name]
  if (typeof value !== 'string') return
  const object = /^\s*(null\s*)?$/.test(value) ? {} : parseJsonObject(wellFormedJson(value))
  if (object) holder[name] = object
}

/** Deletes null members at every depth, but not within the member `kept`. It does not recurse. */
function dropNulls(root: JsonObject, kept?: string): void {
  const open: unknown[] = [root]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (Array.isArray(value)) {
      for (const item of value) if (typeof item === 'object' && item !== null) open.push(item)
    } else {
      const holder = value as JsonObject
      for (const name in holder) {
        const member = holder[name]
        if (member === null) delete holder[name]
        else if (typeof member === 'object' && (name !== kept || holder !== root)) open.push(member)
      }
    }
  }
}
