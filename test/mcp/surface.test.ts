import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ClientKind, type Connection, clientKinds, connectStdio } from '../helpers/connect.js'
import type { JsonObject } from '../helpers/fake-provider/index.js'

describe.each(clientKinds)('what a %s client sees', (kind: ClientKind) => {
  let client: Connection

  beforeAll(async () => {
    client = await connectStdio(kind, { LITELLM_AGENTS_MODEL_ID: 'offline/demo' })
  })
  afterAll(() => client.close())

  test('its tools, each with a title, annotations and schemas', async () => {
    const { tools } = await client.request('tools/list')
    expect(tools.map(({ name }: JsonObject) => name)).toEqual([
      'run_agent',
      'structured_extract',
      'get_run',
      'cancel_run',
      'list_runs',
      'list_models',
      'list_sessions',
      'forget_session',
    ])
    for (const tool of tools) {
      expect(tool.title).toMatch(/\w/)
      expect(tool.description.length).toBeLessThan(2_048)
      expect(tool.inputSchema).toMatchObject({ type: 'object' })
      expect(tool.outputSchema.type).toBe('object')
      expect(tool.annotations).toHaveProperty('readOnlyHint')
      expect(tool.annotations).toHaveProperty('openWorldHint')
    }
    expect(tools[0].annotations).toEqual({
      readOnlyHint: false,
      destructiveHint: false,
      idempotentHint: false,
      openWorldHint: true,
    })
    expect(tools[0].inputSchema.required).toEqual(['prompt'])
    expect(tools[1].inputSchema.required).toEqual(['prompt', 'schema'])
  })

  test('a list of tools that costs a model few tokens', async () => {
    const { tools } = await client.request('tools/list')
    const functions = tools.map(({ name, description, inputSchema }: JsonObject) => ({
      name,
      description,
      inputSchema,
    }))
    expect(JSON.stringify(functions).length / 4).toBeLessThan(2_500)
  })

  test('no tool that it does not list', async () => {
    await expect(client.call('run_agnet', {})).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining('Unknown tool: run_agnet'),
    })
  })

  test('resources, and an error for one that is not there', async () => {
    const { resources } = await client.request('resources/list')
    expect(resources.map(({ uri }: JsonObject) => uri)).toEqual([
      'litellm-agents://models',
      'litellm-agents://agents',
      'litellm-agents://usage',
    ])
    const read = (uri: string) => client.request('resources/read', { uri })
    const { contents } = await read('litellm-agents://models')
    expect(contents[0].mimeType).toBe('application/json')
    expect(JSON.parse(contents[0].text).models).toMatchObject([{ modelId: 'offline/demo' }])
    const agents = await read('litellm-agents://agents')
    expect(JSON.parse(agents.contents[0].text)).toEqual({ agents: [] })
    await expect(read('litellm-agents://nothing')).rejects.toMatchObject({ code: -32602 })
    const { resourceTemplates } = await client.request('resources/templates/list')
    expect(resourceTemplates.map(({ uriTemplate }: JsonObject) => uriTemplate)).toEqual([
      'litellm-agents://runs/{runId}',
      'litellm-agents://results/{id}',
    ])
  })

  test('an empty list of prompts', async () => {
    expect((await client.request('prompts/list')).prompts).toEqual([])
    await expect(client.request('prompts/get', { name: 'none' })).rejects.toMatchObject({
      code: -32602,
    })
  })

  test('completions of model names', async () => {
    const complete = (name: string, value: string) =>
      client.request('completion/complete', {
        ref: { type: 'ref/prompt', name: 'any' },
        argument: { name, value },
      })
    expect((await complete('modelId', 'off')).completion.values).toEqual(['offline/demo'])
    expect((await complete('modelId', 'gpt')).completion.values).toEqual([])
    expect((await complete('agent', '')).completion.values).toEqual([])
  })

  test('an agent without any key, that says what it is', async () => {
    const result = await client.call('run_agent', {
      prompt: 'What is 2+2?',
      tools: ['calculator'],
    })
    expect(result.structuredContent.text).toMatch(/4/)
    expect(result._meta['io.github.litellm-agents-mcp/metrics'].cycles).toHaveLength(2)
  })
})

test('instructions that fit what clients keep of them', async () => {
  const { Client } = await import('@modelcontextprotocol/client')
  const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio')
  const { environment, program } = await import('../helpers/program.js')
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program],
      env: environment(),
    }),
  )
  const instructions = client.getInstructions() ?? ''
  await client.close()
  expect(instructions).toContain('run_agent')
  expect(instructions.length).toBeLessThan(2_048)
})
