import type { Limits } from '../agent/limits.js'
import { isJsonObject, type JsonObject, parseJsonObject } from '../util/json.js'

import { parseOptions, UsageError } from './parse-options.js'
import { promptOf, type Reading, textOf } from './prompt.js'

const options = {
  agent: { type: 'string' },
  model: { type: 'string' },
  system: { type: 'string' },
  tool: { type: 'string', multiple: true },
  image: { type: 'string', multiple: true },
  file: { type: 'string', multiple: true },
  schema: { type: 'string' },
  session: { type: 'string' },
  param: { type: 'string', multiple: true },
  'max-cost': { type: 'string' },
  'max-cycles': { type: 'string' },
  timeout: { type: 'string' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

export type RunOptions = Awaited<ReturnType<typeof runOptions>>

/** The command line of `run`, with the files it names read; `help` where that is all it asks for. */
export async function runOptions(args: readonly string[], reading: Reading) {
  const { positionals, values } = parseOptions(args, options)
  if (values.help) return 'help'
  const { agent, model, system, tool, session, config } = values
  const limits = limitsOf(values)
  return {
    ...(config !== undefined && { config }),
    arguments: {
      prompt: await promptOf(positionals, values, reading),
      params: paramsOf(values.param ?? []),
      ...(agent !== undefined && { agent }),
      ...(model !== undefined && { modelId: model }),
      ...(system !== undefined && { systemPrompt: await textOf(system, reading) }),
      ...(tool && { tools: tool }),
      ...(limits && { limits }),
    },
    ...(session !== undefined && { sessionId: session }),
    ...(values.schema !== undefined && { schema: await schemaOf(values.schema, reading) }),
    yes: values.yes ?? false,
    json: values.json ?? false,
    quiet: values.quiet ?? false,
    dryRun: values['dry-run'] ?? false,
  }
}

interface LimitOptions {
  'max-cost'?: string | undefined
  'max-cycles'?: string | undefined
  timeout?: string | undefined
}

function limitsOf(values: LimitOptions): Limits | undefined {
  const limits: Limits = {}
  const names = {
    'max-cost': 'maxCostUsd',
    'max-cycles': 'maxCycles',
    timeout: 'timeoutSeconds',
  } as const
  for (const [option, limit] of Object.entries(names)) {
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
    if (at < 1) throw new UsageError(`--param takes name=value, not ${JSON.stringify(param)}.`)
    params[param.slice(0, at)] = paramValue(param.slice(at + 1))
  }
  return params
}

/** JSON where it is JSON, else the text itself. */
function paramValue(text: string): JsonObject[string] {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

async function schemaOf(given: string, { readFile }: Reading): Promise<JsonObject> {
  const inPlace = given.trimStart().startsWith('{')
  const text = inPlace ? given : (await readFile(given)).toString()
  const schema = parseJsonObject(text)
  if (isJsonObject(schema)) return schema
  throw new UsageError(
    `--schema must be a JSON object${inPlace ? '' : `, and ${given} holds none`}.`,
  )
}
