import { Agent, calculator, LiteLLMModel, type LiteLLMModelConfig } from 'litellm-agents-mcp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

const keys = {
  anthropic: { api_key: 'sk-ant-test-0123456789' },
  azure_ai: { api_key: 'sk-azure-test-0123456789' },
  litellm_proxy: { api_key: 'sk-proxy-test-0123456789', wire: 'anthropic' },
  bedrock: {
    aws_access_key_id: 'AKIDTEST',
    aws_secret_access_key: 'not-a-secret',
    aws_region_name: 'us-east-1',
  },
} as const

function model(modelId: string, params: NonNullable<LiteLLMModelConfig['params']>): LiteLLMModel {
  const provider = modelId.split('/')[0] as keyof typeof keys
  const clientArgs = { api_base: fake.url, ...keys[provider] }
  return new LiteLLMModel({ modelId, clientArgs, params }, { env: {} })
}

async function call(modelId: string, params: NonNullable<LiteLLMModelConfig['params']>) {
  fake.script({ text: 'ok' })
  const { metrics } = await new Agent({ model: model(modelId, params) }).invoke('Hello')
  return { body: fake.modelRequests[0]?.body ?? {}, notices: metrics.notices }
}

const adaptive = (effort: string) => ({
  thinking: { type: 'adaptive', display: 'summarized' },
  output_config: { effort },
})
const enabled = (budget_tokens: number) => ({ thinking: { type: 'enabled', budget_tokens } })
const noXhigh = 'us.anthropic.claude-opus-4-6-v1'

describe('reasoning_effort', () => {
  test.each([
    ['anthropic/claude-haiku-4-5', 'minimal', enabled(1024)],
    ['anthropic/claude-haiku-4-5', 'max', enabled(16_384)],
    ['anthropic/claude-sonnet-4-6', 'minimal', adaptive('low')],
    ['anthropic/claude-opus-4-8', 'xhigh', adaptive('xhigh')],
    ['anthropic/claude-opus-6', 'high', adaptive('high')],
    ['azure_ai/claude-opus-4-7', 'max', adaptive('max')],
    ['bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0', 'medium', enabled(2048)],
    ['bedrock/us.anthropic.claude-sonnet-5', 'medium', adaptive('medium')],
  ])('%s, %s', async (modelId, reasoning_effort, expected) => {
    const { body, notices } = await call(modelId, { reasoning_effort })
    const { thinking, output_config } = body.additionalModelRequestFields ?? body
    expect({ thinking, output_config }).toEqual({ output_config: undefined, ...expected })
    expect(JSON.stringify(body)).not.toContain('reasoning_effort')
    expect(notices).toEqual([])
  })

  test('an object with an effort is one, and what else is configured stays', async () => {
    const params = {
      reasoning_effort: { effort: 'low', summary: 'auto' },
      output_config: { format: { type: 'json_schema', schema: {} } },
    }
    const { body } = await call('anthropic/claude-opus-5', params)
    expect(body.output_config).toEqual({ effort: 'low', ...params.output_config })
  })

  test.each([
    ['anthropic/claude-sonnet-4-6', 'xhigh'],
    ['anthropic/claude-opus-5', 'disable'],
    ['anthropic/claude-haiku-4-5', 'ultra'],
    ['bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0', 'disable'],
  ])('%s has no %s: an error, or told with drop_params', async (modelId, reasoning_effort) => {
    const refused = new Agent({ model: model(modelId, { reasoning_effort }) }).invoke('Hello')
    await expect(refused).rejects.toMatchObject({
      code: 'unsupportedParams',
      message: `${modelId} has no reasoning_effort "${reasoning_effort}".`,
    })
    expect(fake.modelRequests).toEqual([])
    const { body, notices } = await call(modelId, { reasoning_effort, drop_params: true })
    expect(body.thinking ?? body.additionalModelRequestFields).toBeUndefined()
    expect(notices).toEqual([expect.stringContaining('reasoning_effort was not sent')])
  })

  test('Opus 4.6 on Bedrock takes max for xhigh, and that is told', async () => {
    const { body, notices } = await call(`bedrock/${noXhigh}`, { reasoning_effort: 'xhigh' })
    expect(body.additionalModelRequestFields).toEqual(adaptive('max'))
    expect(notices).toEqual([`reasoning_effort xhigh was sent as max: ${noXhigh} has no xhigh.`])
  })

  test.each([
    ['anthropic/claude-haiku-4-5', 'none', true],
    ['anthropic/claude-haiku-4-5', 'disable', true],
    ['anthropic/claude-haiku-4-5', 'xhigh', false],
    ['anthropic/claude-sonnet-4-6', 'low', false],
  ])('temperature and a forced tool with %s, %s: %s', async (modelId, reasoning_effort, sent) => {
    const params = { reasoning_effort, temperature: 0.5, drop_params: true }
    const schema = { title: 'Answer', type: 'object', properties: {} }
    fake.script({ toolCalls: [{ name: 'Answer', arguments: {} }] })
    const agent = new Agent({ model: model(modelId, params), tools: [calculator] })
    await agent.structuredOutput(schema, 'Hello')
    const body = fake.modelRequests[0]?.body ?? {}
    expect('thinking' in body).toBe(!sent)
    expect('temperature' in body).toBe(sent)
    expect('tool_choice' in body).toBe(sent)
  })

  test('beside thinking it is left out, and that is told', async () => {
    const params = { reasoning_effort: 'high', ...enabled(2000) }
    const { body, notices } = await call('anthropic/claude-sonnet-4-6', params)
    expect(body).toMatchObject(enabled(2000))
    expect(notices).toEqual(['reasoning_effort was not sent: thinking is given and overrides it.'])
  })

  test('a call whose effort would not fit what is left is not made', async () => {
    const params = { reasoning_effort: 'low' }
    const agent = new Agent({ model: model('anthropic/claude-haiku-4-5', params) })
    await expect(agent.invoke('Hello', { limits: { maxCostUsd: 0.005 } })).rejects.toMatchObject({
      code: 'limitReached',
      limit: { name: 'maxCostUsd' },
    })
    expect(fake.modelRequests).toEqual([])
  })
})

describe('thinking', () => {
  test('a budget becomes an effort where the model takes none, and that is told', async () => {
    const { body, notices } = await call('anthropic/claude-opus-4-7', enabled(5000))
    expect(body).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    })
    expect(notices).toEqual([
      'thinking was sent as adaptive, with effort high: claude-opus-4-7 takes no budget for it.',
    ])
  })

  test('is not disabled where the model always thinks, and that is told', async () => {
    const { body, notices } = await call('anthropic/claude-fable-5', {
      thinking: { type: 'disabled' },
    })
    expect(body).not.toHaveProperty('thinking')
    expect(notices).toEqual(['thinking was not sent: claude-fable-5 cannot do without it.'])
  })

  test.each([
    ['litellm_proxy/claude', { reasoning_effort: 'high' }, 4096],
    ['azure_ai/claude-of-ours', { reasoning_effort: 'high' }, 4096],
    ['litellm_proxy/claude', enabled(8000), 8000],
  ])(
    '%s, of which nothing is known, with %j: there is room for an answer',
    async (modelId, params, budget) => {
      const { body } = await call(modelId, params)
      expect(body).toMatchObject({ ...enabled(budget), max_tokens: budget + 4096 })
    },
  )
})
