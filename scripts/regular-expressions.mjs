// Fails if a regular expression in src/ can take more than linear time, for `npm run check`.
// Exceptions are listed below, each with its reason and the bound on its input.
import { readdirSync, readFileSync } from 'node:fs'
import { analyse } from 'scslre'
import ts from 'typescript'

/** By file and source: why the expression is harmless, and what bounds its input. */
const exceptions = new Map([
  ['src/cli/numbers.ts /\\B(?=(\\d{3})+$)/g', 'the digits of a number, at most 22'],
  ['src/cli/numbers.ts /\\.?0+$/', 'the digits of a number, at most 22'],
  ['src/config/models.ts /_cost(_.+)?_above_\\d+k?_tokens$/', "a key of the operator's file"],
  [
    'src/config/parse-yaml.ts /"(?:\\\\.|[^"\\\\\\n])*"|\\/\\/[^\\n\\r]*|\\/\\*[\\s\\S]*?\\*\\//g',
    "the operator's file",
  ],
  ['src/config/telemetry.ts /\\/+$/', "an address in the operator's file"],
  [
    'src/litellm/models/current-first.ts /\\b[ae]?\\d+(\\.\\d+)?x?\\d*[bkm]\\b|v\\d+(:\\d+)?$|fp\\d+/g',
    'the first 256 characters of a model id',
  ],
  [
    'src/litellm/offline/script.ts /\\(*-?\\d+(?:\\.\\d+)?(?:\\s*(?:\\*\\*|[-+*/^])\\s*\\(*-?\\d+(?:\\.\\d+)?\\)*)+/',
    'the first 1,000 characters of a prompt',
  ],
  [
    'src/litellm/offline/script.ts /[\\w-][\\w./-]*\\.(?:md|txt|csv|json|ya?ml)\\b/',
    'the first 1,000 characters of a prompt',
  ],
  ['src/import/front-matter.ts /^([\\w-]+):(?:[ \\t]+(.*))?$/', "a line of the operator's files"],
  ['src/import/names.ts /^mcp__(.+?)(?:__(.+))?$/', "a name in the operator's files"],
  ['src/litellm/routes/args.ts /[?#].*$/s', 'an address that the operator configured'],
  ['src/litellm/routes/args.ts /\\/+$/', 'an address that the operator configured'],
  [
    'src/litellm/routes/azure.ts /\\/anthropic(\\/.*)?$/',
    'an address that the operator configured',
  ],
  [
    'src/litellm/routes/azure.ts /\\/(openai|models)(\\/.*)?$/',
    'an address that the operator configured',
  ],
  [
    'src/litellm/wires/openai-responses/encrypted.ts /encrypted.?content.*(could not be|cannot be|not issued|invalid)|invalid_encrypted_content|without its required following item/is',
    'the message of an error, which quotes at most 600 characters',
  ],
  ['src/schema/compile.ts /^_+|_+$/g', 'the first 256 characters of a title'],
])

const files = readdirSync('src', { recursive: true })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `src/${name}`)
  .sort()
const problems = []
const unused = new Set(exceptions.keys())
for (const file of files) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const visit = (node) => {
    if (ts.isRegularExpressionLiteral(node)) check(file, source, node)
    ts.forEachChild(node, visit)
  }
  visit(source)
}

function check(file, source, node) {
  const end = node.text.lastIndexOf('/')
  const literal = { source: node.text.slice(1, end), flags: node.text.slice(end + 1) }
  const { reports } = analyse(literal, { assumeRejectingSuffix: false })
  // The analysis repeats single characters, so it misses starts that each search to the end.
  const searches =
    !literal.source.startsWith('^') && /(?<!\\)(\.|\[\\s\\S\])[*+]\??(?!\$?$)/.test(literal.source)
  if (reports.length === 0 && !searches) return
  const key = `${file} ${node.text}`
  if (unused.delete(key) || exceptions.has(key)) return
  const { line } = source.getLineAndCharacterOfPosition(node.getStart())
  const kinds = reports.map(
    ({ type, exponential, character }) =>
      `${type}${exponential ? ' (exponential)' : ''} at ${character.literal.source}`,
  )
  if (searches) kinds.push('each start searches the rest of the text')
  problems.push(`${file}:${line + 1}: ${node.text}: ${kinds.join(', ')}`)
}

for (const key of unused) problems.push(`no longer needed: ${key}`)
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log('All regular expressions take linear time, but for the listed exceptions.')
