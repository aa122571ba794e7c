import { beforeAll, expect, test } from 'vitest'
import data from '../../src/litellm/data/models.json' with { type: 'json' }
import { type Route, resolveRoute } from '../../src/litellm/routes/route.js'
import { runPython } from '../helpers/python.js'
import {
  azureCases,
  bareNameEnv,
  idCases,
  prefixCases,
  proxyCases,
  type RouteCase,
} from './route-cases.js'
import { type Compared, differences } from './route-differences.js'

interface Answer {
  error?: string
  provider?: string
  model?: string
  key?: string | null
  base?: string | null
  request: { url: string; keys: Record<string, string>; model: string | null } | null
}

/** As text, one line a difference, so that a failure can be read. */
interface Found {
  model: string
  env: Record<string, string>
  compared: Compared
  text: string
}

const everydayCases = [...prefixCases, ...idCases, ...azureCases, ...proxyCases]

const bareNames = Object.values(data.models)
  .flatMap((names) => Object.keys(names))
  .filter((name) => !name.includes('/'))

let everyday: Found[] = []
let bare: Found[] = []
beforeAll(async () => {
  everyday = await compare(everydayCases, { call: true })
  bare = await compare(
    bareNames.map((model) => ({ model, env: bareNameEnv })),
    { call: false },
  )
}, 120_000)

test('every prefix with each of its variables, and the ids of everyday, go where LiteLLM sends them', () => {
  expect(everyday.filter((one) => !known(one)).map(({ text }) => text)).toEqual([])
  expect(idCases.length).toBeGreaterThan(60)
  expect(prefixCases.length).toBeGreaterThan(200)
})

test('every bare name of the price map is placed where LiteLLM places it', () => {
  expect(bare.filter((one) => !known(one)).map(({ text }) => text)).toEqual([])
  expect(bareNames.length).toBeGreaterThan(300)
})

test('every difference that is listed is one', () => {
  const found = [...everyday, ...bare]
  const stale = differences.filter((difference) => !found.some((one) => covers(difference, one)))
  expect(stale.map(({ model }) => String(model))).toEqual([])
})

async function compare(cases: readonly RouteCase[], { call }: { call: boolean }): Promise<Found[]> {
  const routes = cases.map(routeOf)
  // What is refused here may log in there, or look for a machine's own credentials.
  const questions = cases.map((one, at) => ({ ...one, call: call && routes[at] !== undefined }))
  const answers = (await runPython('get_llm_provider.py', questions)) as Answer[]
  return cases.flatMap(({ model, env }, at) => {
    const pairs = compared(routes[at], answers[at] as Answer, call)
    return Object.entries(pairs).flatMap(([name, [ours, theirs]]): Found[] => {
      const text = `${model} ${name}: ours ${ours}, LiteLLM's ${theirs}`
      return ours === theirs ? [] : [{ model, env, compared: name as Compared, text }]
    })
  })
}

function routeOf({ model, env }: RouteCase): Route | undefined {
  try {
    return resolveRoute({ modelId: model }, env)
  } catch {
    return undefined
  }
}

type Pair = readonly [ours: unknown, theirs: unknown]

function compared(
  ours: Route | undefined,
  theirs: Answer,
  called: boolean,
): Partial<Record<Compared, Pair>> {
  if (!ours || theirs.error) return { placed: [ours?.provider, theirs.provider] }
  const { request } = theirs
  const sentKeys = Object.values(request?.keys ?? {}).map((key) => key.replace(/^Bearer /, ''))
  return {
    provider: [ours.provider, theirs.provider],
    model: [ours.model, theirs.model],
    // LiteLLM leaves some of it to the call itself, and fills in a key that means none.
    ...(theirs.base && { base: [ours.baseUrl, theirs.base.replace(/\/+$/, '')] }),
    ...(called && { called: [true, request !== null] }),
    ...(request && {
      url: [urlOf(ours), request.url],
      key: [ours.apiKey, sentKeys[0]],
      ...(request.model !== null && { sentModel: [ours.model, request.model] }),
    }),
  }
}

function urlOf({ wire, baseUrl, model, query, aws }: Route): string {
  const search = query ? `?${new URLSearchParams(query)}` : ''
  if (wire === 'openai-chat') return `${baseUrl}/chat/completions${search}`
  if (wire === 'anthropic-messages') return `${baseUrl}/v1/messages`
  if (wire === 'google-generate-content') return `${baseUrl}/models/${model}:generateContent`
  const host = baseUrl || `https://bedrock-runtime.${aws?.region}.amazonaws.com`
  return `${host}/model/${encodeURIComponent(model)}/converse`
}

function known(one: Found): boolean {
  return differences.some((difference) => covers(difference, one))
}

function covers(difference: (typeof differences)[number], { model, env, compared }: Found) {
  const { variable, differs } = difference
  return (
    difference.model.test(model) &&
    differs.includes(compared) &&
    (variable === undefined || env[variable] !== undefined)
  )
}
