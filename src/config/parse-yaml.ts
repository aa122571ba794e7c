import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml'
import type { ConfigProblem } from './problems.js'

/** The content of a file, and the line of the value at a path. */
export interface ParsedText {
  content: unknown
  problems: ConfigProblem[]
  lineOf(path: readonly PropertyKey[]): number | undefined
}

/** Returns JSON text with its comments replaced by spaces, so that lines and columns stay the same. */
export function withoutComments(json: string): string {
  const stringOrComment = /"(?:\\.|[^"\\\n])*"|\/\/[^\n\r]*|\/\*[\s\S]*?\*\//g
  return json.replace(stringOrComment, (found) =>
    found.startsWith('"') ? found : found.replace(/[^\n\r]/g, ' '),
  )
}

/** Parses YAML, and so JSON too. */
export function parseYaml(text: string): ParsedText {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number) => lines.linePos(offset).line
  const problems = document.errors.map(({ message, pos }) =>
    notParsed(message, lineAt(Math.min(pos[0], text.length))),
  )
  problems.push(...recursiveAliases(document, lineAt))
  return {
    content: problems.length > 0 ? undefined : plainContent(document, problems),
    problems,
    lineOf: (path) => {
      const offset = offsetOf(path, document)
      return offset === undefined ? undefined : lineAt(offset)
    },
  }
}

/** Returns a problem for each alias inside its own anchor. */
function recursiveAliases(document: Document, lineAt: (offset: number) => number): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  visit(document, {
    Alias: (_, alias, around) => {
      const meant = alias.resolve(document)
      if (!meant || !around.includes(meant)) return
      const line = alias.range ? lineAt(alias.range[0]) : undefined
      problems.push(
        notParsed(`the alias *${alias.source} refers to a value that contains it`, line),
      )
    },
  })
  return problems
}

/** Returns the content as plain data. Aliases that would expand to too much data are a problem. */
function plainContent(document: Document, problems: ConfigProblem[]): unknown {
  try {
    return document.toJS()
  } catch (error) {
    problems.push(notParsed(error instanceof Error ? error.message : String(error)))
    return undefined
  }
}

function notParsed(why: string, line?: number): ConfigProblem {
  return { path: [], message: `it cannot be parsed: ${why}`, line }
}

/** Returns the offset of the key or item at a path, or of the nearest parent that exists. */
function offsetOf(path: readonly PropertyKey[], document: Document): number | undefined {
  let node: unknown = document.contents
  let offset: number | undefined
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document)
    let place: unknown
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part)
      place = pair?.key
      node = pair?.value
    } else if (isSeq(node)) {
      node = node.items[Number(part)]
      place = node
    }
    if (!isNode(place) || !place.range) break
    offset = place.range[0]
  }
  return offset
}
