import { isJsonObject, type JsonObject, type JsonValue } from '../../src/util/json.js'

/** A request without what differs between any two runs. A key is written as {{KEY:VARIABLE}}. */
export interface SentRequest {
  url: string
  headers: Readonly<Record<string, string>>
  body: JsonObject
}

/** A question that LiteLLM was asked, with its first request. litellm_requests.py writes them. */
export interface Question {
  model: string
  provider: string | null
  /** A letter of scenarios.json. */
  scenario: string
  request: SentRequest | null
  /** Why LiteLLM refused the question as it was asked. */
  refused?: string
  /** What it took instead: `drop_params`, or also `no stream_options`. */
  onlyWith?: string
  error?: string
}

/** Our answer to the same question: a request, or the error. */
export interface OurAnswer {
  request: SentRequest | null
  code?: string
  message?: string
}

const keyHeaders = [
  'authorization',
  'api-key',
  'x-api-key',
  'x-goog-api-key',
  'api-subscription-key',
]
/** The form of the answer is in the body too. */
const idleHeaders = new Set(['accept', 'content-type', ...keyHeaders])

/** Returns the differences between two requests, in words that are equal for equal differences. */
export function differences(question: Question, theirs: SentRequest, ours: SentRequest): string[] {
  const wires = [wireOf(theirs.url), wireOf(ours.url)]
  if (wires[0] !== wires[1]) return [`wire: ${wires[0]} there, ${wires[1]} here`]
  const found = new Set([...placeDifferences(theirs, ours), ...headerDifferences(theirs, ours)])
  const [{ model: theirModel, ...rest }, { model, ...ownRest }] = [theirs.body, ours.body]
  if (theirModel !== model) found.add('model name')
  if (question.onlyWith === 'no stream_options') delete ownRest.stream_options
  for (const body of [rest, ownRest])
    if (Array.isArray(body.tools) && body.tools.length === 0) delete body.tools
  bodyDifferences(rest, ownRest, '', found)
  const refused = refusedParams(question)
  return [...found].map((difference) => withRefusal(difference, refused))
}

/** Returns the name of the API at an address. */
export function wireOf(url: string): string {
  const { hostname, pathname } = new URL(url)
  if (pathname.endsWith('/responses')) return 'Responses'
  if (pathname.endsWith('/chat/completions')) return 'chat completions'
  if (pathname.endsWith('/v1/messages')) return 'Messages'
  if (/\/converse(-stream)?$/.test(pathname)) return 'Converse'
  if (/\/invoke(-with-response-stream)?$/.test(pathname)) return 'Bedrock Invoke'
  if (/:(stream)?generateContent$/i.test(pathname))
    return hostname.includes('aiplatform') ? 'generateContent on Vertex' : 'generateContent'
  if (/:(stream)?rawPredict$/i.test(pathname)) return 'rawPredict'
  if (/\/api\/(chat|generate)$/.test(pathname)) return 'Ollama'
  if (/\/v[12]\/chat$/.test(pathname)) return 'Cohere'
  return 'another API'
}

function placeDifferences(theirs: SentRequest, ours: SentRequest): string[] {
  const [there, here] = [new URL(theirs.url), new URL(ours.url)]
  const [path, own] = [there, here].map(({ pathname }) => decodeURIComponent(pathname))
  return [
    ...(there.host === here.host ? [] : [`host: ${there.host} there, ${here.host} here`]),
    ...(path === own
      ? []
      : [path === own?.replace(/-stream$/, '') ? 'path: whole there, streamed here' : 'path']),
    ...(there.search === here.search
      ? []
      : [`query: ${there.search || 'none'} there, ${here.search || 'none'} here`]),
  ]
}

function headerDifferences(theirs: SentRequest, ours: SentRequest): string[] {
  const names = new Set([...Object.keys(theirs.headers), ...Object.keys(ours.headers)])
  return [...names].flatMap((name) => {
    const [there, here] = [theirs.headers[name], ours.headers[name]]
    if (there === here) return []
    const values = `${there ?? 'none'} there, ${here ?? 'none'} here`
    if (keyHeaders.includes(name)) return [`key: ${name} ${values}`]
    return idleHeaders.has(name) ? [] : [`header: ${name} ${values}`]
  })
}

function bodyDifferences(
  theirs: JsonValue | undefined,
  ours: JsonValue | undefined,
  path: string,
  found: Set<string>,
): void {
  if (JSON.stringify(theirs) === JSON.stringify(ours)) return
  if (Array.isArray(theirs) && Array.isArray(ours) && theirs.length === ours.length) {
    for (const [index, value] of theirs.entries())
      bodyDifferences(value, ours[index], `${path}[]`, found)
  } else if (isJsonObject(theirs) && isJsonObject(ours)) {
    for (const name of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
      const at = path ? `${path}.${name}` : name
      if (!(name in ours)) found.add(`only there: ${at} = ${shown(theirs[name])}`)
      else if (!(name in theirs)) found.add(`only here: ${at} = ${shown(ours[name])}`)
      else bodyDifferences(theirs[name], ours[name], at, found)
    }
  } else if (sameText(theirs, ours)) found.add(`form: ${path} is a list of parts, or its text`)
  else if (sameJson(theirs, ours)) found.add(`form: other blanks in ${path}`)
  else found.add(`${path}: ${shown(theirs)} there, ${shown(ours)} here`)
}

function shown(value: JsonValue | undefined): string {
  const text = JSON.stringify(value) ?? 'nothing'
  if (text.length <= 40) return text
  return Array.isArray(value) ? '[…]' : typeof value === 'object' ? '{…}' : '"…"'
}

/** Returns whether one value is a list of text parts and the other one their text. */
function sameText(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  const text = (value: JsonValue | undefined) =>
    Array.isArray(value) && value.every((part) => isJsonObject(part) && part.type === 'text')
      ? value.map((part) => (isJsonObject(part) ? part.text : '')).join('\n')
      : value
  return Array.isArray(one) !== Array.isArray(other) && text(one) === text(other)
}

function sameJson(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (typeof one !== 'string' || typeof other !== 'string') return false
  try {
    return JSON.stringify(sorted(JSON.parse(one))) === JSON.stringify(sorted(JSON.parse(other)))
  } catch {
    return false
  }
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).map(([name, part]) => [name, sorted(part ?? null)] as const)
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** Returns the parameters that LiteLLM refuses unless it may leave them out. */
function refusedParams({ refused = '' }: Question): Set<string> {
  const list = /does not support parameters: \[([^\]]*)\]/.exec(refused)?.[1] ?? ''
  return new Set(list.match(/\w+/g))
}

const paramNames: Readonly<Record<string, string>> = {
  toolConfig: 'tools',
  toolChoice: 'tool_choice',
  additionalModelRequestFields: 'reasoning_effort',
}

function withRefusal(difference: string, refused: ReadonlySet<string>): string {
  const [, field = ''] =
    /^only here: (?:additionalModelRequestFields\.|toolConfig\.)?(\w+)/.exec(difference) ?? []
  const param = paramNames[field] ?? field
  return refused.has(param) ? `refused there, sent here: ${param}` : difference
}
