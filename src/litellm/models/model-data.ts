import { isJsonObject, type JsonObject } from '../../util/json.js'
import { newestLike } from './family.js'
import { filledFrom, type ModelInfo, modelInfoOf } from './model-info.js'
import { entryOf, type PriceMap, rowsByName } from './price-map.js'
import { storedMapFile } from './stored-map.js'

/** Identifies a model in the price map. */
export interface ModelName {
  /** The LiteLLM name of the provider. */
  readonly provider: string
  readonly model: string
  /** The AWS region; `undefined` if it is unknown. Some regions have their own prices. */
  readonly region?: string
}

/** Describes the model data in use. */
export interface ModelDataFacts {
  /** `LiteLLM 1.102.4`, or the address of an update. */
  readonly source: string
  /** The day of the release or of the update, such as `2026-10-08`. */
  readonly date: string
  readonly ageDays: number
}

/**
 * Returns what is known about a model; `undefined` if nothing is. `own` are the fields that the
 * operator set, by the names of LiteLLM's `model_info`. Other fields come from LiteLLM's price map:
 * the newer one of the package's and the one that `models --update` stored. A Claude or GPT that is
 * newer than both has the properties of its family, and no prices.
 */
export async function modelInfo(name: ModelName, own?: JsonObject): Promise<ModelInfo | undefined> {
  const based = typeof own?.base_model === 'string' ? named(own.base_model, name.provider) : name
  const maps = await priceMaps()
  const found = find(based, maps)
  if (found) return modelInfoOf({ ...found.entry, ...own }, found.provider)
  const like = likeInfo(based, maps)
  if (!own) return like
  const info = modelInfoOf(own, name.provider)
  return like ? filledFrom(info, like) : info
}

/** Returns every model of the price map with the model id that selects it. */
export async function allModels(): Promise<
  { modelId: string; provider: string; info: ModelInfo }[]
> {
  const models = new Map<string, { modelId: string; provider: string; info: ModelInfo }>()
  for (const { map } of await priceMaps())
    for (const [provider, rows] of Object.entries(map.models))
      for (const [name, row] of Object.entries(rows)) {
        const modelId = idOf(provider, name)
        if (models.has(modelId)) continue
        models.set(modelId, { modelId, provider, info: modelInfoOf(entryOf(map, row), provider) })
      }
  return [...models.values()]
}

/** Returns where the model data in use comes from, and how old it is. */
export async function modelDataFacts(now: number = Date.now()): Promise<ModelDataFacts> {
  const [newest] = await priceMaps()
  const { source = '', date = '' } = newest?.map ?? {}
  const days = Math.floor((now - Date.parse(date)) / 86_400_000)
  return { source, date, ageDays: Math.max(0, days) }
}

function named(modelId: string, provider: string): ModelName {
  const slash = modelId.indexOf('/')
  return slash === -1
    ? { provider, model: modelId }
    : { provider: modelId.slice(0, slash), model: modelId.slice(slash + 1) }
}

function idOf(provider: string, name: string): string {
  if (name.startsWith('/')) return provider + name
  return name.startsWith(`${provider}/`) ? name : `${provider}/${name}`
}

interface LoadedMap {
  readonly map: PriceMap
  readonly rowsOf: (provider: string) => ReadonlyMap<string, number>
}

let loading: Promise<readonly LoadedMap[]> | undefined

/** Returns the price maps, newest first. */
function priceMaps(): Promise<readonly LoadedMap[]> {
  loading ??= loadMaps()
  return loading
}

async function loadMaps(): Promise<readonly LoadedMap[]> {
  const file = await import('../data/models.json', { with: { type: 'json' } })
  const own = file.default as unknown as PriceMap
  const stored = storedMap()
  const maps = !stored ? [own] : stored.date < own.date ? [own, stored] : [stored, own]
  return maps.map((map) => ({ map, rowsOf: rowsByName(map) }))
}

/** Returns the map that `models --update` stored; `undefined` if there is none. */
function storedMap(): PriceMap | undefined {
  const { env } = process
  // LiteLLM's variable for its own map, without updates.
  if (/^true$/i.test(env.LITELLM_LOCAL_MODEL_COST_MAP ?? '')) return undefined
  try {
    // The first use of node:fs/promises takes longer than reading this file.
    const { readFileSync } = process.getBuiltinModule('node:fs')
    const map: unknown = JSON.parse(readFileSync(storedMapFile(env), 'utf8'))
    return isPriceMap(map) ? map : undefined
  } catch {
    return undefined
  }
}

function isPriceMap(value: unknown): value is PriceMap & JsonObject {
  if (!isJsonObject(value)) return false
  const { date, fields, models, rows, shapes, source } = value
  const lists = [fields, rows, shapes].every(Array.isArray)
  return lists && isJsonObject(models) && typeof date === 'string' && typeof source === 'string'
}

/** Returns the entry of a model in the newest map that has it. */
function find(
  name: ModelName,
  maps: readonly LoadedMap[],
): { entry: JsonObject; provider: string } | undefined {
  for (const { map, rowsOf } of maps) {
    const theirs = providersOf(name, map)
    for (const candidate of candidates(name))
      for (const provider of theirs) {
        const row = rowsOf(provider).get(candidate.toLowerCase())
        if (row !== undefined) return { entry: entryOf(map, row), provider }
      }
  }
  return undefined
}

function providersOf(name: ModelName, map: PriceMap): string[] {
  return Object.keys(map.models).filter((provider) => sameProvider(name.provider, provider))
}

/** Returns the information of the newest older model of the same family, without its prices. */
function likeInfo(name: ModelName, maps: readonly LoadedMap[]): ModelInfo | undefined {
  const known = maps.flatMap(({ map }) =>
    providersOf(name, map).flatMap((provider) =>
      Object.entries(map.models[provider] ?? {}).map(([model, row]) => ({
        model,
        provider,
        row,
        map,
      })),
    ),
  )
  const like = newestLike(name.model, known)
  if (!like) return undefined
  const { map, model, provider, row } = like
  const info = modelInfoOf(entryOf(map, row), provider)
  return { ...info, prices: null, deprecationDate: null, likeModel: idOf(provider, model) }
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
