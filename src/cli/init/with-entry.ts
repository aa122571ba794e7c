import { isDeepStrictEqual } from 'node:util'
import { findNodeAtLocation, type Node, type ParseError, parseTree } from 'jsonc-parser'
import { parse as parseToml } from 'smol-toml'
import { isJsonObject } from '../../util/json.js'

import type { Client } from './clients.js'

const serverName = 'litellm-agents'

/** A file that is not to be touched; the message says why. */
export class Untouchable extends Error {}

/**
 * Pure. A client's configuration with the server in it, and everything else as it was, comments too.
 * The same text: a server of that name is there already. Fails with Untouchable where the text is not
 * what it should be.
 */
export function withEntry(
  text: string,
  { format, key }: Pick<Client, 'format' | 'key'>,
  entry: object,
): string {
  return format === 'toml' ? withTomlEntry(text, key, entry) : withJsonEntry(text, key, entry)
}

const byteOrderMark = '\uFEFF'

function withJsonEntry(given: string, key: string, entry: object): string {
  const mark = given.startsWith(byteOrderMark) ? byteOrderMark : ''
  const text = given.slice(mark.length).trim() === '' ? '{}\n' : given.slice(mark.length)
  const root = jsonTree(text)
  const servers = findNodeAtLocation(root, [key])
  if (servers && servers.type !== 'object') throw new Untouchable(`"${key}" in it is no object`)
  if (findNodeAtLocation(root, [key, serverName])) return given
  const changed = servers
    ? withFirst(text, servers, 1, serverName, entry)
    : withFirst(text, root, 0, key, { [serverName]: entry })
  return mark + changed
}

function jsonTree(text: string): Node {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true })
  if (errors.length > 0 || root?.type !== 'object') throw new Untouchable('it is not a JSON object')
  return root
}

/** With a property before all others of an object, so that not a letter of these changes. */
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

/** A table at the end, which disturbs nothing before it. */
function withTomlEntry(text: string, key: string, entry: object): string {
  const before = tomlOf(text)
  const servers = before[key] ?? {}
  if (!isJsonObject(servers)) throw new Untouchable(`"${key}" in it is no table`)
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
  // Servers that are all written in one line take no table after them.
  if (isDeepStrictEqual(plain(after), plain(wanted))) return changed
  throw new Untouchable(`"${key}" in it cannot be added to`)
}

function tomlOf(text: string): Record<string, unknown> {
  try {
    return parseToml(text)
  } catch {
    throw new Untouchable('it is not TOML')
  }
}

/** Without what only sets classes apart. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
