import type { Limits } from '../agent/limits.js'
import { decodePlainText } from '../util/decode-text.js'
import { isJsonObject, type JsonObject, parseJsonObject } from '../util/json.js'
import { parseOptions, UsageError } from './parse-options.js'
import { fileContent, promptOf, type Reading, textOf } from './prompt.js'

const options = {
  agent: { type: 'string' },
  model: { type: 'string', short: 'm' },
  system: { type: 'string', short: 's' },
  tool: { type: 'string', short: 't', multiple: true },
  image: { type: 'string', multiple: true },
  file: { type: 'string', multiple: true },
  schema: { type: 'string' },
  session: { type: 'string' },
  continue: { type: 'boolean', short: 'c' },
  param: { type: 'string', multiple: true },
  'max-cost': { type: 'string' },
  'max-cycles': { type: 'string' },
  timeout: { type: 'string' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  config: { type: 'string' },
} as const

export type RunOptions = Awaited<ReturnType<typeof runOptions>>

/** Parses the command line of `run` and reads the files that it names. Throws a UsageError. */
export async function runOptions(args: readonly string[], reading: Reading) {
  const { positionals, values } = parseOptions(args, options)
  const { agent, model, system, tool, session, config } = values
  if (values.continue && session !== undefined)
    throw new UsageError('Give either --continue or --session, not both.')
  const limits = limitsOf(values)
  const params = paramsOf(values.param ?? [])
  const schema = values.schema === undefined ? undefined : await schemaOf(values.schema, reading)
  return {
    ...(config !== undefined && { config }),
    arguments: {
      ...(system !== undefined && { systemPrompt: await textOf(system, reading) }),
      prompt: await promptOf(positionals, values, reading),
      params,
      ...(agent !== undefined && { agent }),
      ...(model !== undefined && { modelId: model }),
      ...(tool && { tools: tool }),
      ...(limits && { limits }),
    },
    ...(session !== undefined && { sessionId: session }),
    ...(schema && { schema }),
    continues: values.continue ?? false,
    yes: values.yes ?? false,
    json: values.json ?? false,
    quiet: values.quiet ?? false,
    dryRun: values['dry-run'] ?? false,
  }
}

const limitNames = {
  'max-cost': 'maxCostUsd',
  'max-cycles': 'maxCycles',
  timeout: 'timeoutSeconds',
} as const

type LimitOptions = Partial<Record<keyof typeof limitNames, string | undefined>>

function limitsOf(values: LimitOptions): Limits | undefined {
  const limits: Limits = {}
  for (const [option, limit] of Object.entries(limitNames)) {
    const text = values[option as keyof LimitOptions]
    if (text === undefined) continue
    const number = Number(text)
    const whole = limit === 'maxCycles'
    if (!(number > 0 && number < Infinity) || (whole && !Number.isSafeInteger(number)))
      throw new UsageError(
        `--${option} must be a positive ${whole ? 'whole number' : 'number'}, not ${JSON.stringify(text)}.`,
      )
    limits[limit] = number
  }
  return Object.keys(limits).length > 0 ? limits : undefined
}

function paramsOf(given: readonly string[]): JsonObject {
  const params: JsonObject = {}
  for (const param of given) {
    const at = param.indexOf('=')
    if (at < 1) throw new UsageError(`--param takes NAME=VALUE, not ${JSON.stringify(param)}.`)
    params[param.slice(0, at)] = paramValue(param.slice(at + 1))
  }
  return params
}

/** Returns the value that a text is in JSON, or the text itself if it is not JSON. */
function paramValue(text: string): JsonObject[string] {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

async function schemaOf(given: string, reading: Reading): Promise<JsonObject> {
  const isInline = given.trimStart().startsWith('{')
  const text = isInline ? given : decodePlainText(await fileContent(given, reading))
  const schema = text === undefined ? undefined : parseJsonObject(text)
  if (isJsonObject(schema)) return schema
  throw new UsageError(
    `--schema must be a JSON object${isInline ? '' : `, and ${given} does not contain one`}.`,
  )
}
