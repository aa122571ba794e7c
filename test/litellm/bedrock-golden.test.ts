import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CoreAgent } from '../../src/agent/agent.js'
import type { SystemContentBlock } from '../../src/agent/messages/content.js'
import { LiteLLMModel } from '../../src/litellm/model.js'
import type { JsonObject } from '../../src/util/json.js'
import {
  bedrockEvent,
  type FakeProvider,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { bedrockRoute, callReply, says } from './bedrock-call.js'

interface BedrockCase {
  agentConfig: {
    modelId: string
    stream?: boolean
    systemPrompt: SystemContentBlock[] | null
    prompts: { prompt: string }[]
    outputSchema: JsonObject | null
  }
  exchanges: {
    request: { path: string; body: JsonObject }
    response: { body?: JsonObject; eventStream?: { event: string; data: JsonObject }[] }
  }[]
  expected: { text: string; usage: JsonObject; structuredOutput: JsonObject }
}

function golden(name: string): BedrockCase {
  const file = new URL(`../fixtures/golden-bedrock/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as BedrockCase
}

let provider: FakeProvider
beforeAll(async () => {
  provider = await startFakeProvider()
})
afterAll(() => provider.close())
beforeEach(() => provider.reset())

function replay({ exchanges }: BedrockCase): void {
  for (const { response } of exchanges)
    provider.script(
      response.eventStream
        ? { rawEvents: response.eventStream.map(({ event, data }) => bedrockEvent(event, data)) }
        : { raw: { status: 200, body: response.body as JsonObject } },
    )
}

test.each(['cache-system-bedrock', 'cache-system-bedrock-nonstream'])('%s', async (name) => {
  const recorded = golden(name)
  const { modelId, stream, systemPrompt, prompts } = recorded.agentConfig
  replay(recorded)
  const clientArgs = {
    aws_access_key_id: 'golden-access-key',
    aws_secret_access_key: 'golden-not-a-secret',
    aws_region_name: 'us-east-1',
    aws_bedrock_runtime_endpoint: provider.url,
  }
  const model = new LiteLLMModel(
    { modelId, clientArgs, ...(stream !== undefined && { stream }) },
    { env: {} },
  )
  const agent = new CoreAgent({ model, systemPrompt: systemPrompt ?? [] })
  let last: Awaited<ReturnType<CoreAgent['run']>> | undefined
  for (const { prompt } of prompts) last = await agent.run(prompt)
  expect(provider.modelRequests.map(({ path, body }) => ({ path, body }))).toEqual(
    recorded.exchanges.map(({ request: { path, body } }) => ({ path, body })),
  )
  expect(last?.text).toBe(recorded.expected.text)
  expect(last?.metrics.accumulatedUsage).toEqual(recorded.expected.usage)
})

test('so-legacy-bedrock: the forced tool that LiteLLM makes of a schema', async () => {
  const recorded = golden('so-legacy-bedrock')
  replay(recorded)
  const [exchange] = recorded.exchanges
  const { properties, required } = recorded.agentConfig.outputSchema as JsonObject
  const inputSchema = { type: 'object', properties, required, additionalProperties: false }
  const { message, usage } = await callReply(
    {
      ...says(recorded.agentConfig.prompts[0]?.prompt ?? ''),
      tools: [{ name: 'json_tool_call', description: '', inputSchema }],
      toolChoice: { type: 'tool', name: 'json_tool_call' },
    },
    { route: bedrockRoute(provider.url), stream: false },
  )
  const [request] = provider.modelRequests
  expect(request?.path).toBe(exchange?.request.path)
  expect(request?.body).toEqual(exchange?.request.body)
  expect(message.content).toEqual([
    {
      toolUse: {
        toolUseId: 'toolu_json',
        name: 'json_tool_call',
        input: recorded.expected.structuredOutput,
      },
    },
  ])
  expect(usage).toMatchObject({ inputTokens: 246, outputTokens: 60, totalTokens: 306 })
})
