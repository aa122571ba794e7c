import { isDeepStrictEqual } from 'node:util'
import { findNodeAtLocation, type Node, type ParseError, parseTree } from 'jsonc-parser'
import { parse as parseToml } from 'smol-toml'
import { isJsonObject } from '../../util/json.js'

import type { Client, ClientInput } from './clients.js'

const serverName = 'litellm-agents'

/** A file that must stay as it is. The message says why. */
export class Untouchable extends Error {}

/**
 * Returns a client's configuration with the server added. Everything else stays the same, including
 * comments; so does the whole text if a server of that name exists. Pure. Throws Untouchable if the text
 * is not valid.
 */
export function withEntry(
  text: string,
  { format, key }: Pick<Client, 'format' | 'key'>,
  entry: object,
  inputs: readonly ClientInput[] = [],
): string {
  if (format === 'toml') return withTomlEntry(text, key, entry)
  const changed = withJsonEntry(text, key, entry)
  return changed === text ? text : inputs.toReversed().reduce(withInput, changed)
}

const byteOrderMark = '\uFEFF'

function withJsonEntry(given: string, key: string, entry: object): string {
  const mark = given.startsWith(byteOrderMark) ? byteOrderMark : ''
  const text = given.slice(mark.length).trim() === '' ? '{}\n' : given.slice(mark.length)
  const root = jsonTree(text)
  const servers = findNodeAtLocation(root, [key])
  if (servers && servers.type !== 'object') throw new Untouchable(`its "${key}" is not an object`)
  if (findNodeAtLocation(root, [key, serverName])) return given
  const changed = servers
    ? withFirst(text, servers, 1, serverName, entry)
    : withFirst(text, root, 0, key, { [serverName]: entry })
  return mark + changed
}

/** Adds an input to the list at the root, unless one of that id exists. */
function withInput(text: string, input: ClientInput): string {
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark : ''
  const json = text.slice(mark.length)
  const root = jsonTree(json)
  const list = findNodeAtLocation(root, ['inputs'])
  if (!list) return mark + withFirst(json, root, 0, 'inputs', [input])
  if (list.type !== 'array') throw new Untouchable('its "inputs" is not a list')
  const ids = (list.children ?? []).map((item) => findNodeAtLocation(item, ['id'])?.value)
  if (ids.includes(input.id)) return text
  const at = list.offset + 1
  const separator = ids.length > 0 ? ', ' : ''
  return mark + json.slice(0, at) + JSON.stringify(input) + separator + json.slice(at)
}

function jsonTree(text: string): Node {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true })
  if (errors.length > 0 || root?.type !== 'object')
    throw new Untouchable('the file is not a JSON object')
  return root
}

/** Adds a property before the others of an object, so that their text does not change. */
function withFirst(text: string, object: Node, depth: number, name: string, value: object): string {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  '
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const lines = JSON.stringify({ [name]: value }, null, indent)
    .split('\n')
    .slice(1, -1)
  const property = lines.map((line) => `${eol}${indent.repeat(depth)}${line}`).join('')
  const at = object.offset + 1
  const empty = object.children?.length === 0
  const commented = text.slice(at, object.offset + object.length - 1).trim() !== ''
  if (!empty || commented)
    return `${text.slice(0, at)}${property}${empty ? '' : ','}${text.slice(at)}`
  const end = object.offset + object.length - 1
  return `${text.slice(0, at)}${property}${eol}${indent.repeat(depth)}${text.slice(end)}`
}

/** Adds a table at the end, so that the text before it does not change. */
function withTomlEntry(text: string, key: string, entry: object): string {
  const before = tomlOf(text)
  const servers = before[key] ?? {}
  if (!isJsonObject(servers)) throw new Untouchable(`its "${key}" is not a table`)
  if (serverName in servers) return text
  const lines = Object.entries(entry).map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
  const gap = text === '' ? '' : text.endsWith('\n') ? '\n' : '\n\n'
  const changed = `${text}${gap}[${key}.${serverName}]\n${lines.join('\n')}\n`
  const wanted = { ...before, [key]: { ...servers, [serverName]: entry } }
  let after: unknown
  try {
    after = parseToml(changed)
  } catch {
    after = undefined
  }
  // An inline table cannot be extended by a table after it.
  if (isDeepStrictEqual(plain(after), plain(wanted))) return changed
  throw new Untouchable(`its "${key}" is written in a way that cannot be extended`)
}

function tomlOf(text: string): Record<string, unknown> {
  try {
    return parseToml(text)
  } catch {
    throw new Untouchable('the file is not TOML')
  }
}

/** Returns plain data, so that instances of classes can be compared. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
