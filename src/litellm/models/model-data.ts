import type { JsonObject, JsonValue } from '../../util/json.js'

import { type ModelInfo, modelInfoOf } from './model-info.js'

/** What decides which entry of the price map is a model's. */
export interface ModelName {
  /** LiteLLM's provider name. */
  readonly provider: string
  readonly model: string
  /** AWS's, where it is known: some regions have prices of their own. */
  readonly region?: string
}

/** What LiteLLM's price map says of a model, read from the package; `undefined`: it does not name it. */
export async function modelInfo(name: ModelName): Promise<ModelInfo | undefined> {
  loading ??= load()
  const find = await loading
  return find(name)
}

/** Every model of the price map, by the id that leads to it. */
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

/** The content of data/models.json, which scripts/model-data.ts writes. */
interface ModelData {
  readonly fields: readonly string[]
  /** By number of field: those with a value, those that are true, those that are false. */
  readonly shapes: readonly (readonly (readonly number[])[])[]
  /** A shape's number, then the values. */
  readonly rows: readonly (readonly JsonValue[])[]
  /** A name that begins with a slash follows its provider's. */
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

/** A provider's rows by whole name in lower case, made when they are first asked for. */
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

/** The names LiteLLM's `get_model_info` looks for, in its order. */
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

/** Without what does not change the price: a region, a version, the name of a fine-tuned model. */
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

/** Whether an entry of one provider is good for a model of another. */
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
