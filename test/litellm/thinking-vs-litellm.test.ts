import { expect, test } from 'vitest'
import type { AgentError } from '../../src/agent/errors.js'
import { adapted } from '../../src/litellm/adapt.js'
import data from '../../src/litellm/data/models.json' with { type: 'json' }
import { resolveRoute } from '../../src/litellm/routes/route.js'
import { callSettings } from '../../src/litellm/settings.js'
import type { JsonObject } from '../../src/util/json.js'
import { runPython } from '../helpers/python.js'

interface Case {
  wire: string
  model: string
  params: JsonObject
}

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'disable', 'ultra']
const wishes: JsonObject[] = [
  ...efforts.map((reasoning_effort) => ({ reasoning_effort })),
  ...[1024, 2048, 5000, 9000].map((budget_tokens) => ({
    thinking: { type: 'enabled', budget_tokens },
  })),
  { thinking: { type: 'disabled' } },
]

const models = (provider: keyof typeof data.models, wire: string, name: RegExp) =>
  Object.keys(data.models[provider])
    .map((model) => model.replace(/^\//, ''))
    .filter((model) => name.test(model) && !model.includes('/'))
    .map((model) => ({ wire, model }))

const cases: Case[] = [
  ...models('anthropic', 'anthropic', /^claude-/),
  ...models('azure_ai', 'azure_ai', /^claude-/),
  ...models('bedrock_converse', 'bedrock', /anthropic\.claude-/),
].flatMap((model) => wishes.map((params) => ({ ...model, params })))

test('every Claude of the price map is asked to think as LiteLLM asks it', async () => {
  const theirs = (await runPython('thinking.py', cases)) as (JsonObject | null)[]
  const ours = cases.map(sent)
  const wrong = cases.flatMap((one, at) => {
    const [mine, other] = [JSON.stringify(ours[at]), JSON.stringify(theirs[at])]
    return mine === other ? [] : [`${JSON.stringify(one)}: ours ${mine}, LiteLLM's ${other}`]
  })
  expect(wrong).toEqual([])
  expect(cases.length).toBeGreaterThan(700)
}, 120_000)

/** `null`: refused. */
function sent({ wire, model, params }: Case): JsonObject | null {
  const keys = { api_key: 'k', aws_access_key_id: 'k', aws_secret_access_key: 'k' }
  const clientArgs = { api_base: 'http://localhost:1', ...keys, aws_region_name: 'us-east-1' }
  const config = { modelId: `${wire}/${model}`, clientArgs, params }
  const route = resolveRoute(config, {})
  const request = { messages: [], system: [], tools: [] }
  try {
    const { body } = adapted(request, callSettings(config, route), route, undefined).settings
    const { thinking, output_config } = body
    return { ...(thinking && { thinking }), ...(output_config && { output_config }) }
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'unsupportedParams' } satisfies Partial<AgentError>)
    return null
  }
}
