import type { ListedModel } from '../agent/listed-model.js'
import { loadConfig } from '../config/load.js'
import type { Config } from '../config/resolve.js'
import { modelDataFacts } from '../litellm/models/model-data.js'
import { matchesGlob } from '../util/glob.js'
import { namedModels } from './checks/models.js'
import { modelDataText, unknownModels, unknownText } from './model-data.js'
import { modelList } from './model-list.js'
import { counted, size, usd } from './numbers.js'
import { parseOptions, UsageError } from './parse-options.js'
import { type Column, table } from './table.js'
import { harmless } from './terminal.js'

const options = {
  provider: { type: 'string' },
  all: { type: 'boolean' },
  update: { type: 'boolean' },
  json: { type: 'boolean' },
  config: { type: 'string' },
} as const

/** The number of new models that --update names. */
const mostShown = 20

const columns: readonly Column[] = [
  { head: 'MODEL' },
  { head: 'CONTEXT', right: true },
  { head: 'IN/M', right: true },
  { head: 'OUT/M', right: true },
  { head: 'VISION' },
  { head: 'TOOLS' },
  { head: 'CACHE FROM', right: true },
]

/** Prints the models that the user can call. */
export async function models(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseOptions(args, options)
  const [filter, ...rest] = positionals
  if (rest.length > 0) throw new UsageError(`Unexpected argument ${JSON.stringify(rest[0])}.`)
  if (values.update && (filter !== undefined || values.all || values.provider !== undefined))
    throw new UsageError('--update goes with --json and --config only.')
  if (values.update) return update(values.json ?? false)
  const config = await loadConfig(values.config === undefined ? {} : { config: values.config })
  const models = await modelList(config, process.env, { all: values.all ?? false })
  const chosen = models.filter((model) => fits(model, filter, values.provider))
  if (values.json) process.stdout.write(`${JSON.stringify(chosen, null, 2)}\n`)
  else if (chosen.length > 0) {
    process.stdout.write(table(columns, chosen.map(row), process.stdout.columns || undefined))
    process.stdout.write(await footer(config))
  }
  if (chosen.length === 0) process.stderr.write(noModelText(models.length > 0, values.all))
  return 0
}

/** Fetches newer model data, and prints what is new in it. */
async function update(json: boolean): Promise<number> {
  const { updateModels } = await import('../litellm/models/update-models.js')
  const updated = await updateModels(process.env)
  const { added, file, models, source } = updated
  const some = added.slice(0, mostShown).join(', ')
  const rest = added.length > mostShown ? `, and ${added.length - mostShown} more` : ''
  const text = [
    `Stored ${counted(models, 'model')} of ${source} in ${file}.`,
    added.length === 0 ? 'No model is new.' : `New: ${some}${rest}.`,
    'A running server uses them after a restart.',
  ]
  process.stdout.write(`${json ? JSON.stringify(updated, null, 2) : harmless(text.join('\n'))}\n`)
  return 0
}

/** Says how old the prices are, and which models of the configuration they do not contain. */
async function footer(config: Config): Promise<string> {
  const facts = await modelDataFacts()
  const unknown = await unknownModels(namedModels(config).keys(), config, process.env)
  const more = unknown.length === 0 ? '' : `; ${unknownText(unknown)}`
  return harmless(`\nModel data: ${modelDataText(facts)}${more}. --update fetches newer data.\n`)
}

function noModelText(others: boolean, all = false): string {
  if (all) return 'No model matches.\n'
  const reason = others
    ? 'No model that you can use matches'
    : 'No key, proxy or model is configured'
  return `${reason}. Add --all to list every model of the price map.\n`
}

function fits(
  { modelId, provider }: ListedModel,
  filter: string | undefined,
  wanted: string | undefined,
): boolean {
  if (wanted !== undefined && provider !== wanted && !modelId.startsWith(`${wanted}/`)) return false
  return filter === undefined || matchesGlob(`*${filter.toLowerCase()}*`, modelId.toLowerCase())
}

function row(model: ListedModel): string[] {
  const { vision, tools, caching } = model.supports
  return [
    model.modelId,
    model.contextTokens === null ? '-' : size(model.contextTokens),
    perMillion(model.inputCostPerToken),
    perMillion(model.outputCostPerToken),
    word(vision),
    word(tools),
    caching && model.minCacheTokens !== null ? size(model.minCacheTokens) : word(caching),
  ]
}

function perMillion(price: number | null): string {
  return price === null ? '-' : usd(price * 1_000_000)
}

function word(value: boolean | null): string {
  return value === null ? '-' : value ? 'yes' : 'no'
}
