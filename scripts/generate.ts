// Writes every file, and every section of a page, that is generated from the code: npm run generate.
// `npm run generate -- NAME…` writes only the named ones, and --check writes nothing: it lists what is
// out of date and exits with 1.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { reachText } from '../test/reach/tables.js'
import { configSchemaText } from './config-schema.js'
import { fourRoutesText } from './four-routes.js'
import { frameworksText } from './frameworks.js'
import { withSection } from './generated.js'
import { inputSchemasText } from './input-schemas.js'
import { linksText } from './links.js'
import { modelDataText } from './model-data.js'
import { routesText } from './routes.js'
import { serverJsonText } from './server-json.js'
import { toolsText } from './tools.js'
import { variablesText } from './variables.js'

interface Output {
  file: string
  /** Returns the whole file, or the text of the section with the output's name. */
  text: () => string | Promise<string>
  isSection?: true
  /** True if the text is JSON that Biome formats. */
  format?: true
  /** True if the output needs .venv-test, which scripts/setup-python.sh creates. */
  needsPython?: true
  /** True if generating takes too long for a check; a test compares the output instead. */
  slow?: true
}

/**
 * Lists the outputs in the order of writing. The tools are written after the input schemas, because
 * they come from the built program, which contains the schemas.
 */
const outputs: Readonly<Record<string, Output>> = {
  'config-schema': { file: 'schema/agents.schema.json', text: configSchemaText, format: true },
  'input-schemas': {
    file: 'src/mcp/tools/input-schemas.json',
    text: inputSchemasText,
    format: true,
  },
  'server-json': { file: 'server.json', text: serverJsonText },
  'model-data': { file: 'src/litellm/data/models.json', text: modelDataText, needsPython: true },
  links: { file: 'README.md', text: linksText, isSection: true },
  variables: { file: 'README.md', text: variablesText, isSection: true },
  tools: { file: 'README.md', text: toolsText, isSection: true },
  routes: { file: 'docs/routes.md', text: routesText, isSection: true },
  reach: { file: 'docs/routes.md', text: reachText, isSection: true },
  frameworks: { file: 'docs/frameworks.md', text: frameworksText, isSection: true },
  'four-routes': {
    file: 'docs/caching.md',
    text: fourRoutesText,
    isSection: true,
    needsPython: true,
    slow: true,
  },
}

/** Written by scripts/setup-python.sh when the environment is complete. */
const pythonStamp = '.venv-test/.requirements-stamp'

process.chdir(`${import.meta.dirname}/..`)
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean' } },
})
const unknown = positionals.filter((name) => !(name in outputs))
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Known are ${Object.keys(outputs).join(', ')}.`)
  process.exit(1)
}

const stale: string[] = []
for (const [name, output] of Object.entries(outputs)) {
  if (positionals.length > 0 ? !positionals.includes(name) : values.check && output.slow) continue
  if (output.needsPython && !existsSync(pythonStamp)) {
    console.log(`${output.file}: skipped ${name}, which needs bash scripts/setup-python.sh`)
    continue
  }
  const before = await readFile(output.file, 'utf8')
  const after = await newContent(name, output, before)
  if (after === before) continue
  stale.push(`${output.file}${output.isSection ? ` (${name})` : ''}`)
  if (!values.check) await writeFile(output.file, after)
}
report()

async function newContent(name: string, output: Output, before: string): Promise<string> {
  const text = await output.text()
  if (output.isSection) return withSection(before, name, text)
  return output.format ? formatted(output.file, text) : text
}

/** Formats a text with Biome under the rules of that file. */
function formatted(file: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ['node_modules/@biomejs/biome/bin/biome', 'format', `--stdin-file-path=${file}`]
    const child = execFile(process.execPath, args, { maxBuffer: 1e8 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    )
    child.stdin?.end(text)
  })
}

function report(): void {
  if (stale.length === 0) console.log('Everything that is generated is up to date.')
  else if (!values.check) console.log(`Written: ${stale.join(', ')}.`)
  else {
    console.error(`Out of date: ${stale.join(', ')}. Run npm run generate.`)
    process.exitCode = 1
  }
}
