import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Connection, connectStdio } from './helpers/connect.js'
import type { JsonObject } from './helpers/fake-provider/index.js'

const config = fileURLToPath(new URL('../examples/agents/agents.yaml', import.meta.url))

let client: Connection

beforeAll(async () => {
  // npx looks for what is installed here, and needs a home of its own to do so.
  client = await connectStdio('2026', {
    LITELLM_AGENTS_CONFIG: config,
    HOME: process.env.HOME ?? '',
  })
})
afterAll(() => client.close())

const prompt = 'What do the chairs in prices.md cost? Calculate 4 * 49.'

test('three agents, offline: a file is read, a sum calculated, and both are asked by the third', async () => {
  const { structuredContent, _meta } = await client.call('agent_manager', { prompt })
  expect(structuredContent).toMatchObject({
    status: 'completed',
    modelId: 'offline/demo',
    costUsd: 0,
  })
  expect(structuredContent.text).toContain('| chair | 49 |')
  expect(structuredContent.text).toContain('4 * 49 = 196')
  const metrics: JsonObject = _meta['io.github.litellm-agents-mcp/metrics']
  expect(metrics.tools).toMatchObject({
    agent_librarian: { calls: 1, errors: 0 },
    agent_accountant: { calls: 1, errors: 0 },
  })
  expect(metrics.agents).toMatchObject({
    librarian: { runs: 1, cycles: 2 },
    accountant: { runs: 1, cycles: 2 },
  })
})

test('each of them can be asked alone', async () => {
  const ask = (agent: string) => client.call('run_agent', { agent, prompt })
  const [librarian, accountant] = await Promise.all([ask('librarian'), ask('accountant')])
  expect(librarian?.structuredContent.text).toContain('| table | 180 |')
  expect(accountant?.structuredContent.text).toContain('4 * 49 = 196')
})
