import { afterAll, beforeAll, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { connectStdio } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { testKey } from '../helpers/program.js'

let fake: FakeProvider

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())

/** An MCP server of one tool whose description, schema and results contain lone surrogates. */
const badServer = `
const bad = 'bad \\ud83d here'
const results = {
  initialize: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'bad', version: '1' } },
  'tools/list': { tools: [{ name: 'say', description: bad, inputSchema: { type: 'object', properties: { a: { type: 'string', description: bad } } } }] },
}
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line)
  if (id === undefined) return
  const called = method === 'tools/call' && { content: [{ type: 'text', text: bad + ' ' + params.arguments.a.isWellFormed() }] }
  const result = called || results[method]
  console.log(JSON.stringify({ jsonrpc: '2.0', id, ...(result ? { result } : { error: { code: -32601, message: 'unknown' } }) }))
})
`

test('surface 9: lone surrogates of another MCP server do not reach the provider, nor the other way round', async () => {
  const config = configFile({
    defaults: { modelId: 'openai/standard' },
    clientArgs: { openai: { api_base: `${fake.url}/v1`, api_key: testKey } },
    agents: { helper: { tools: ['bad/say'] } },
    mcpServers: { bad: { command: process.execPath, args: ['-e', badServer] } },
  })
  const client = await connectStdio('2025', { LITELLM_AGENTS_CONFIG: config })
  fake.script(
    { toolCalls: [{ name: 'bad__say', arguments: '{"a":"x \\ud83d"}' }] },
    { text: 'Done.' },
  )
  const result = await client.call('run_agent', { prompt: 'Go', agent: 'helper' })
  await client.close()
  expect(result.structuredContent).toMatchObject({ status: 'completed', text: 'Done.' })
  const [first, second] = fake.modelRequests.map(({ body }) => body)
  expect(JSON.stringify(first?.tools)).toContain('bad \ufffd here')
  expect(JSON.stringify(first?.tools)).not.toContain('ud83d')
  const told = JSON.stringify(second?.messages.at(-1))
  expect(told).toContain('bad \ufffd here true')
  expect(told).not.toContain('ud83d')
})
