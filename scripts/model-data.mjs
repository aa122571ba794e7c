// Makes src/litellm/data/models.json from the price map inside the LiteLLM of the test environment
// (scripts/setup-python.sh). With --check it writes nothing and fails where the file is out of date.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { tsImport } from 'tsx/esm/api'

process.chdir(`${import.meta.dirname}/..`)
const target = 'src/litellm/data/models.json'

const modes = new Set(['chat', 'responses', 'completion'])
/** Reached directly, but no entries of the table of OpenAI-compatible providers. */
const otherProviders = [
  'anthropic',
  'bedrock',
  'bedrock_converse',
  'bedrock_mantle',
  'azure',
  'azure_ai',
]
const { providers } = await tsImport('../src/litellm/routes/providers.ts', import.meta.url)
const wanted = new Set([...otherProviders, ...Object.keys(providers)])
/** Bought by the hour, a class of prices, a tool's. */
const noModel = /-month-commitment\/|^(together|fireworks)-ai-|^(openai|azure)\/container$/
const usual = { mode: 'chat' }
const fieldsUsed = [
  /^mode$/,
  /^max_(input|output)_tokens$/,
  /^prompt_cache_min_tokens$/,
  /^deprecation_date$/,
  /^(input|output)_cost_per_token(_above_\d+k?_tokens)?$/,
  /^cache_(read|creation)_input_token_cost(_above_1hr)?(_above_\d+k?_tokens)?$/,
  /^output_cost_per_reasoning_token$/,
  /^tiered_pricing$/,
  /^supports_(function_calling|tool_choice|forced_tool_use|sampling_params|reasoning)$/,
  /^supports_(vision|pdf_input|audio_input|response_schema|prompt_caching|prompt_cache_breakpoint)$/,
]

const version = await pinnedVersion()
const map = JSON.parse(await readFile(await priceMap(), 'utf8'))
const made = encode(Object.entries(map).filter(isWanted))
if (!process.argv.includes('--check')) {
  await writeFile(target, made)
  console.log(`${target}: ${Buffer.byteLength(made)} bytes`)
} else if ((await readFile(target, 'utf8')) !== made) {
  console.error(`${target} is out of date. Run node scripts/model-data.mjs.`)
  process.exitCode = 1
}

async function pinnedVersion() {
  const pins = await readFile('test/python/requirements.txt', 'utf8')
  return /^litellm==([\d.]+)/m.exec(pins)[1]
}

async function priceMap() {
  const lib = '.venv-test/lib'
  const [python] = await readdir(lib).catch(() => [])
  const packages = `${lib}/${python}/site-packages`
  const installed = await readdir(packages).catch(() => [])
  if (!installed.includes(`litellm-${version}.dist-info`))
    throw new Error(`There is no LiteLLM ${version}. Run scripts/setup-python.sh first.`)
  return `${packages}/litellm/model_prices_and_context_window_backup.json`
}

function isWanted([name, entry]) {
  return modes.has(entry.mode) && wanted.has(entry.litellm_provider) && !noModel.test(name)
}

/**
 * Every different entry once, as a row: the number of its shape, then its values. A shape is the
 * fields that have values, those that are true and those that are false.
 */
function encode(entries) {
  const fields = []
  const shapes = new Map()
  const rows = new Map()
  const models = {}
  for (const [name, entry] of entries) {
    const shape = [[], [], []]
    const values = []
    for (const field of Object.keys(entry).sort()) {
      const value = entry[field]
      if (value === null || value === usual[field]) continue
      if (!fieldsUsed.some((used) => used.test(field))) continue
      const kind = value === true ? 1 : value === false ? 2 : 0
      shape[kind].push(numberOf(fields, field))
      if (kind === 0) values.push(short(value))
    }
    const row = `[${[indexIn(shapes, JSON.stringify(shape)), ...values].join(',')}]`
    const provider = entry.litellm_provider
    models[provider] ??= {}
    models[provider][withoutPrefix(name, provider)] = indexIn(rows, row)
  }
  return `{
"source":"LiteLLM model_prices_and_context_window",
"version":"${version}",
"licence":"MIT, Copyright (c) 2023 Berri AI",
"fields":${JSON.stringify(fields)},
"shapes":[
${[...shapes.keys()].join(',\n')}],
"rows":[
${[...rows.keys()].join(',\n')}],
"models":{
${Object.entries(models)
  .map(([provider, names]) => `${JSON.stringify(provider)}:${JSON.stringify(names)}`)
  .join(',\n')}}
}
`
}

/** `groq/llama` of groq is `/llama`; a bare name stays as it is. */
function withoutPrefix(name, provider) {
  return name.startsWith(`${provider}/`) ? name.slice(provider.length) : name
}

function numberOf(list, item) {
  return list.includes(item) ? list.indexOf(item) : list.push(item) - 1
}

function indexIn(map, key) {
  if (!map.has(key)) map.set(key, map.size)
  return map.get(key)
}

/** Prices are tiny: 3e-6 is shorter than 0.000003 and the same number. */
function short(value) {
  const plain = JSON.stringify(value)
  if (typeof value !== 'number') return plain
  const exponential = value.toExponential().replace('e+', 'e')
  return exponential.length < plain.length ? exponential : plain
}
