import type { ListedModel } from '../agent/listed-model.js'
import { loadConfig } from '../config/load.js'
import { matchesGlob } from '../util/glob.js'
import { modelList } from './model-list.js'
import { size, usd } from './numbers.js'
import { parseOptions, UsageError } from './parse-options.js'
import { type Column, table } from './table.js'

const options = {
  provider: { type: 'string' },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
  config: { type: 'string' },
} as const

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
  const config = await loadConfig(values.config === undefined ? {} : { config: values.config })
  const models = await modelList(config, process.env, { all: values.all ?? false })
  const chosen = models.filter((model) => fits(model, filter, values.provider))
  if (values.json) process.stdout.write(`${JSON.stringify(chosen, null, 2)}\n`)
  else if (chosen.length > 0)
    process.stdout.write(table(columns, chosen.map(row), process.stdout.columns || undefined))
  if (chosen.length === 0) process.stderr.write(noModelText(models.length > 0, values.all))
  return 0
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
