import type { JsonObject, JsonValue } from '../../util/json.js'

import { type ModelInfo, modelInfoOf } from './model-info.js'

/** Identifies a model in the price map. */
export interface ModelName {
  /** The LiteLLM name of the provider. */
  readonly provider: string
  readonly model: string
  /** The AWS region; `undefined` if it is unknown. Some regions have their own prices. */
  readonly region?: string
}

/**
 * Returns what LiteLLM's price map says about a model; `undefined` if the map does not contain it.
 * The price map is part of the package.
 */
export async function modelInfo(name: ModelName): Promise<ModelInfo | undefined> {
  loading ??= load()
  const find = await loading
  return find(name)
}

/** Returns every model of the price map with the model id that selects it. */
export async function allModels(): Promise<
  { modelId: string; provider: string; info: ModelInfo }[]
> {
  const data = await readData()
  return Object.entries(data.models).flatMap(([provider, models]) =>
    Object.entries(models).map(([name, row]) => ({
      modelId: idOf(provider, name),
      provider,
      info: modelInfoOf(entryOf(data, row), provider),
    })),
  )
}

function idOf(provider: string, name: string): string {
  if (name.startsWith('/')) return provider + name
  return name.startsWith(`${provider}/`) ? name : `${provider}/${name}`
}

let loading: Promise<(name: ModelName) => ModelInfo | undefined> | undefined

/** Describes the content of data/models.json, which scripts/model-data.ts writes. */
interface ModelData {
  readonly fields: readonly string[]
  /**
   * Lists field numbers for each shape: fields with a value, fields that are true, and fields that
   * are false.
   */
  readonly shapes: readonly (readonly (readonly number[])[])[]
  /** Lists the number of a shape, followed by the values. */
  readonly rows: readonly (readonly JsonValue[])[]
  /**
   * Maps the models of each provider to row numbers. A name that begins with a slash is appended to
   * the provider's name.
   */
  readonly models: Readonly<Record<string, Readonly<Record<string, number>>>>
}

async function readData(): Promise<ModelData> {
  const file = await import('../data/models.json', { with: { type: 'json' } })
  return file.default as unknown as ModelData
}

async function load() {
  const data = await readData()
  const providers = Object.keys(data.models)
  const rowsOf = rowsByName(data)
  return (name: ModelName): ModelInfo | undefined => {
    const theirs = providers.filter((provider) => sameProvider(name.provider, provider))
    for (const candidate of candidates(name))
      for (const provider of theirs) {
        const row = rowsOf(provider).get(candidate.toLowerCase())
        if (row !== undefined) return modelInfoOf(entryOf(data, row), provider)
      }
    return undefined
  }
}

/**
 * Returns the row numbers of a provider by full name in lower case. The map is created on first
 * use.
 */
function rowsByName({ models }: ModelData): (provider: string) => ReadonlyMap<string, number> {
  const made = new Map<string, ReadonlyMap<string, number>>()
  return (provider) => {
    let rows = made.get(provider)
    if (!rows) {
      const whole = (name: string) => (name.startsWith('/') ? provider + name : name).toLowerCase()
      rows = new Map(
        Object.entries(models[provider] ?? {}).map(([name, row]) => [whole(name), row]),
      )
      made.set(provider, rows)
    }
    return rows
  }
}

function entryOf({ fields, shapes, rows }: ModelData, number: number): JsonObject {
  const [shape, ...values] = rows[number] ?? []
  const [valued = [], yes = [], no = []] = shapes[Number(shape)] ?? []
  const entry: JsonObject = { mode: 'chat' }
  const set = (field: number, value: JsonValue | undefined) => {
    const name = fields[field]
    if (name !== undefined && value !== undefined) entry[name] = value
  }
  for (const [position, field] of valued.entries()) set(field, values[position])
  for (const field of yes) set(field, true)
  for (const field of no) set(field, false)
  return entry
}

/** Returns the names that LiteLLM's `get_model_info` looks up, in the same order. */
function candidates({ provider, model, region }: ModelName): string[] {
  const prefix = `${provider}/`
  const bare = model.startsWith(prefix) ? model.slice(prefix.length) : model
  const plain = plainName(provider, bare)
  return [
    ...(region ? [`${prefix}${region}/${bare}`] : []),
    prefix + bare,
    model,
    isBedrock(provider) ? withoutRouting(bare) : bare,
    prefix + plain,
    plain,
    prefix + model,
  ]
}

/**
 * Returns the name without parts that do not change the price: a region, a version, or the name of
 * a fine-tuned model.
 */
function plainName(provider: string, model: string): string {
  if (isBedrock(provider)) return bedrockName(model)
  if (provider === 'gemini' || provider === 'databricks') return model.replace(/-\d+$/, '')
  return model.includes('ft:') ? model.replace(/(:[^:]*){3}$/, '') : model
}

function bedrockName(model: string): string {
  const name = withoutRouting(model)
    .replace(/^arn:.*\//, '')
    .replace(/(:\d+):\d+k$/, '$1')
    .replace(/\[\w+\]$/, '')
  return name
    .replace(/^(us|us-gov|eu|apac|au|jp|ca|sa|global)\./, '')
    .replace(/^[a-z]{2}(-[a-z]+)+-\d\//, '')
}

function withoutRouting(model: string): string {
  return ['bedrock/', 'converse/', 'invoke/', 'openai/'].reduce(
    (name, prefix) => (name.startsWith(prefix) ? name.slice(prefix.length) : name),
    model,
  )
}

/** Returns whether an entry of one provider applies to a model of another. */
function sameProvider(wanted: string, found: string): boolean {
  if (wanted === found) return true
  if (wanted === 'github') return true
  if (wanted === 'azure_ai') return found === 'azure' || found === 'openai'
  if (isBedrock(wanted)) return isBedrock(found)
  return [wanted, found].sort().join() === 'cohere,cohere_chat' || wanted === `${found}_chat`
}

function isBedrock(provider: string): boolean {
  return provider.startsWith('bedrock')
}
