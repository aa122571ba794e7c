import { parseDocument } from 'yaml'
import { isJsonObject, type JsonObject } from '../util/json.js'
import { ImportError } from './imported-agent.js'

/** The front matter of a Markdown file, and the text below it. */
export interface FrontMatter {
  fields: JsonObject
  body: string
}

const fence = /^---[ \t]*$/
const byteOrderMark = '\ufeff'
/** An alias can make a small text expand to a huge one. */
const maxAliases = 100

/**
 * Splits a Markdown file. People write front matter that is not valid YAML, such as a description
 * with a colon; such lines are read as `name: text`.
 */
export function frontMatter(text: string): FrontMatter {
  const start = text.startsWith(byteOrderMark) ? text.slice(1) : text
  const lines = start.split(/\r?\n/)
  if (!fence.test(lines[0] ?? '')) return { fields: {}, body: start.trim() }
  const end = lines.findIndex((line, index) => index > 0 && fence.test(line))
  if (end === -1) throw new ImportError('its front matter has no end: a line with --- is missing')
  const header = lines.slice(1, end)
  return {
    fields:
      (header.every(isPlainLine) ? undefined : yamlFields(header.join('\n'))) ?? lineFields(header),
    body: lines
      .slice(end + 1)
      .join('\n')
      .trim(),
  }
}

/** A line that means the same in YAML and as `name: text`. Most front matter has no others, and a YAML parser is slow. */
function isPlainLine(line: string): boolean {
  return (
    /^[a-zA-Z][\w-]*: [a-zA-Z][^:#]*$/.test(line) &&
    !/: (true|false|null|yes|no|on|off)\s*$/i.test(line)
  )
}

/** Parses YAML whose root is an object; `undefined` if it is anything else. */
export function yamlFields(text: string): JsonObject | undefined {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' })
  if (document.errors.length > 0) return undefined
  try {
    const content: unknown = document.toJS({ maxAliasCount: maxAliases }) ?? {}
    return isJsonObject(content) ? content : undefined
  } catch {
    return undefined
  }
}

/** Reads each line `name: text`, lists of `- item` below a name, and text indented below a name. */
function lineFields(lines: readonly string[]): JsonObject {
  const fields: Record<string, string | string[]> = Object.create(null)
  let current: string | undefined
  for (const line of lines) {
    const [, name, value = ''] = /^([\w-]+):(?:[ \t]+(.*))?$/.exec(line) ?? []
    if (name !== undefined) {
      current = name
      fields[name] = unquoted(value.trim())
    } else if (current !== undefined && line.trim() !== '') {
      fields[current] = continued(fields[current] ?? '', line.trim())
    }
  }
  return { ...fields }
}

function continued(value: string | string[], line: string): string | string[] {
  const item = line.startsWith('- ') ? unquoted(line.slice(2).trim()) : undefined
  if (item !== undefined && (value === '' || Array.isArray(value)))
    return [...(Array.isArray(value) ? value : []), item]
  const text = Array.isArray(value) ? value.join(', ') : value
  return /^[|>][+-]?$/.test(text) || text === '' ? line : `${text}\n${line}`
}

function unquoted(text: string): string {
  const [, quote, inner] = /^(["'])(.*)\1$/.exec(text) ?? []
  return quote === undefined ? text : (inner as string)
}
