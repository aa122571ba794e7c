/** Holds the fields that determine how current a model is. */
export interface RankedModel {
  readonly modelId: string
  readonly provider: string
  /** The deprecation date, such as `2027-02-17`; `null` if it is unknown. */
  readonly deprecationDate: string | null
}

/** Matches fine-tuned models and models for a special purpose, which an agent seldom needs. */
const special =
  /audio|realtime|search|image|tts|live|gemma|robotics|lyria|computer-use|deep-research|guard|transcribe|ocr|(^|\/)ft:/
const preliminary = /preview|experimental|-exp\b|beta|nightly/
/** Matches the date of a snapshot. The model also has a name without a date. */
const snapshotDate = /[-@]\d{4}-\d{2}-\d{2}|[-@]\d{6,8}(?!\d)|-\d{4}(?=-|$)|-\d{3}$/g
/** A proxy lists ids of any length, and the expression below takes quadratic time. */
const maxIdChars = 256
/** Matches the size of a model, a context length, or the version of a Bedrock id. */
const size = /\b[ae]?\d+(\.\d+)?x?\d*[bkm]\b|v\d+(:\d+)?$|fp\d+/g
/** Matches Bedrock's regional copies of a model. */
const regional = /(^|\/)(us|us-gov|eu|apac|au|jp|ca|sa)\./

/**
 * Returns the models of one provider, most relevant first. General models are before special and
 * deprecated ones. Within these groups, the highest version is first. Price maps have no release
 * dates.
 */
export function currentFirst<Model extends RankedModel>(
  models: readonly Model[],
  now: Date = new Date(),
): Model[] {
  const today = now.toISOString().slice(0, 10)
  const ranked = models.map((model) => ({ model, rank: rankOf(model, today) }))
  return ranked
    .sort((one, other) => compare(one.rank, other.rank) || byId(one.model, other.model))
    .map(({ model }) => model)
}

function rankOf({ deprecationDate, modelId, provider }: RankedModel, today: string): number[] {
  const name = modelId.slice(provider.length + 1, maxIdChars).toLowerCase()
  const undated = name.replace(snapshotDate, '')
  const [, major = '0', minor = '0'] =
    /(\d+)(?:[.-](\d+))?/.exec((undated.split('/').at(-1) ?? '').replace(size, '')) ?? []
  const isDeprecated = deprecationDate !== null && deprecationDate < today
  return [
    isDeprecated ? 3 : special.test(name) ? 2 : preliminary.test(name) ? 1 : 0,
    Number(undated !== name || regional.test(name)),
    -Number(major),
    -Number(minor),
    Number(!name.includes('latest')),
    name.length,
  ]
}

function compare(one: readonly number[], other: readonly number[]): number {
  return one.map((part, index) => part - (other[index] ?? 0)).find((part) => part !== 0) ?? 0
}

function byId({ modelId: one }: RankedModel, { modelId: other }: RankedModel): number {
  return one < other ? -1 : 1
}
