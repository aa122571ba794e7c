import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

test("the checkout's mcp.json starts a server that answers", async () => {
  const { mcpServers } = JSON.parse(readFileSync(`${root}/mcp.json`, 'utf8'))
  const [entry, ...others] = Object.values(mcpServers) as { command: string; args: string[] }[]
  expect(others).toEqual([])
  const client = new Client({ name: 'mcp-json-test', version: '1' })
  await client.connect(
    new StdioClientTransport({ ...(entry as { command: string; args: string[] }), cwd: root }),
  )
  try {
    const result = await client.callTool({
      name: 'run_agent',
      arguments: { prompt: 'What is 2+2', tools: ['calculator'], modelId: 'offline/demo' },
    })
    expect(result.isError).not.toBe(true)
    expect(result.structuredContent).toMatchObject({
      status: 'completed',
      text: expect.stringMatching(/4.*offline demo model/),
    })
  } finally {
    await client.close()
  }
})
