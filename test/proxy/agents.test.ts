import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Connection, connectStdio } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { type LiteLLMProxy, startLiteLLMProxy } from '../helpers/litellm-proxy.js'

const config = fileURLToPath(new URL('../../examples/agents/agents.yaml', import.meta.url))

let fake: FakeProvider
let proxy: LiteLLMProxy
let client: Connection

beforeAll(async () => {
  fake = await startFakeProvider()
  proxy = await startLiteLLMProxy({ provider: fake })
  client = await connectStdio('2026', {
    LITELLM_AGENTS_CONFIG: config,
    LITELLM_AGENTS_EXAMPLE_MODEL: 'litellm_proxy/gpt',
    LITELLM_PROXY_API_BASE: proxy.url,
    LITELLM_PROXY_API_KEY: proxy.key,
    HOME: process.env.HOME ?? '',
  })
})
afterAll(async () => {
  await client.close()
  await proxy.stop()
  await fake.close()
})

test('the example’s three agents, unchanged, through the proxy', async () => {
  const call = (name: string, args: object) => ({ toolCalls: [{ name, arguments: args }] })
  fake.script(
    call('agent_librarian', { prompt: 'What does a chair cost in prices.md?' }),
    call('files__read_text_file', { path: 'prices.md' }),
    { text: 'A chair costs 49.' },
    call('agent_accountant', { prompt: '4 * 49' }),
    call('calculator', { expression: '4 * 49' }),
    { text: '196' },
    { text: 'Four chairs cost 196 USD.' },
  )
  const { structuredContent, _meta } = await client.call('run_agent', {
    agent: 'manager',
    prompt: 'What do four chairs cost?',
  })
  expect(structuredContent).toMatchObject({
    status: 'completed',
    modelId: 'litellm_proxy/gpt',
    text: 'Four chairs cost 196 USD.',
  })
  expect(structuredContent.costUsd).toBeGreaterThan(0)
  const sent = fake.modelRequests.map(({ body }) => JSON.stringify(body.messages))
  expect(sent).toHaveLength(7)
  expect(sent[1]).toContain('You keep a library')
  expect(sent[2]).toContain('| chair | 49 |')
  expect(sent[5]).toContain('196')
  const { agents } = _meta['io.github.litellm-agents-mcp/metrics']
  expect(agents).toMatchObject({ librarian: { cycles: 2 }, accountant: { cycles: 2 } })
})
