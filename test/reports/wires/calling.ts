import { Agent, LiteLLMModel, type LiteLLMModelConfig, tool } from '../../../src/index.js'
import type { FakeProvider, JsonObject, Step } from '../../helpers/fake-provider/index.js'

/** Tools that note each of their runs, because a call must never run twice. */
export function notingTools() {
  const runs: string[] = []
  const add = tool({
    name: 'add',
    description: 'Adds two numbers.',
    inputSchema: {
      type: 'object',
      properties: { a: { type: 'number' }, b: { type: 'number' } },
      required: ['a', 'b'],
    },
    handler: async (input: JsonObject) => {
      runs.push(`add ${input.a} ${input.b}`)
      return String(input.a + input.b)
    },
  })
  const now = tool({
    name: 'now',
    description: 'Tells the time.',
    inputSchema: { type: 'object', properties: {} },
    handler: async () => {
      runs.push('now')
      return '12:00'
    },
  })
  return { runs, add, now }
}

export function modelAt(
  fake: FakeProvider,
  modelId: string,
  { clientArgs, ...config }: Partial<LiteLLMModelConfig> = {},
): LiteLLMModel {
  const bedrock = modelId.startsWith('bedrock/')
  const bare = bedrock || modelId.startsWith('anthropic/')
  const access = bedrock
    ? {
        aws_access_key_id: 'AKIATEST',
        aws_secret_access_key: 'secret',
        aws_region_name: 'us-east-1',
      }
    : { api_key: 'sk-test' }
  return new LiteLLMModel(
    {
      modelId,
      ...config,
      clientArgs: {
        ...access,
        api_base: bare ? fake.url : `${fake.url}/v1`,
        num_retries: 0,
        timeout: 10,
        ...clientArgs,
      },
    },
    { env: {} },
  )
}

export interface Chunk {
  delta?: JsonObject
  finish?: string
  choice?: JsonObject
  extra?: JsonObject
}

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }

/** Returns the step of an OpenAI-format stream in exactly these chunks. */
export function chatStream(...chunks: Chunk[]): Step {
  const lines = chunks.map(({ delta = {}, finish = null, choice, extra }) => ({
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish, ...choice }],
    ...extra,
  }))
  return {
    rawEvents: [...lines.map((line) => `data: ${JSON.stringify(line)}\n\n`), 'data: [DONE]\n\n'],
  }
}

/** Returns the step of a stream whose tool calls arrive in exactly these pieces. */
export function callStream(...pieces: JsonObject[]): Step {
  return chatStream(
    ...pieces.map((piece) => ({ delta: { tool_calls: Array.isArray(piece) ? piece : [piece] } })),
    { finish: 'tool_calls', extra: { usage } },
  )
}

export async function run(model: LiteLLMModel, tools: ReturnType<typeof tool>[], prompt = 'Go') {
  const agent = new Agent({ model, tools })
  const result = await agent.invoke(prompt)
  return { agent, result }
}
