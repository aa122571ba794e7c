import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }
import { connectStdio } from './helpers/connect.js'
import { type FakeProvider, startFakeProvider } from './helpers/fake-provider/index.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

/** Runs an example as a person would, with the fake provider as the only thing it can reach. */
async function example(name: string, env: Record<string, string>): Promise<string> {
  const { stdout, stderr } = await run(
    process.execPath,
    ['--import', 'tsx', `examples/${name}.ts`],
    { cwd: root, env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env } },
  )
  expect(stderr).toBe('')
  return stdout
}

function cacheTokens(output: string): number[] {
  return output.split('\n').flatMap((line) => {
    const [, count] = /^Cache \w+ tokens: (\d+)$/.exec(line) ?? []
    return count === undefined ? [] : [Number(count)]
  })
}

test('anthropic/… direct: a calculator, then a system prompt that is written and read', async () => {
  const output = await example('anthropic-direct', {
    ANTHROPIC_API_BASE: fake.url,
    ANTHROPIC_API_KEY: 'sk-ant-test-0123456789',
  })
  expect(output).toMatch(/^2\+2 is 4\./)
  const [written1, read1, written2, read2] = cacheTokens(output)
  expect(written1).toBeGreaterThan(1024)
  expect([read1, written2, read2]).toEqual([0, 0, written1])

  expect(fake.modelRequests).toHaveLength(4)
  for (const { path, headers, body } of fake.modelRequests) {
    expect(path).toBe('/v1/messages')
    expect(headers['x-api-key']).toBe('sk-ant-test-0123456789')
    expect(body).toMatchObject({ model: 'claude-sonnet-4-6', max_tokens: 1000 })
  }
  expect(fake.modelRequests[1]?.body.messages.at(-1).content).toEqual([
    expect.objectContaining({ type: 'tool_result', content: 'Result: 4' }),
  ])
  for (const { body } of fake.modelRequests.slice(2))
    expect(body.system).toEqual([
      { type: 'text', text: expect.any(String), cache_control: { type: 'ephemeral' } },
    ])
})

test('bedrock/… direct: a system prompt that is written and read, and a validated object', async () => {
  const output = await example('bedrock-direct', {
    AWS_BEDROCK_RUNTIME_ENDPOINT: fake.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret-test',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  })
  const [written1, read1, written2, read2] = cacheTokens(output)
  expect(written1).toBeGreaterThan(1024)
  expect([read1, written2, read2]).toEqual([0, written1, written1])
  expect(output).toContain("Title: The Hitchhiker's Guide to the Galaxy")
  expect(output).toContain('Author: Douglas Adams')
  expect(output).toMatch(/Rating: \d+/)

  expect(fake.modelRequests).toHaveLength(3)
  for (const { path } of fake.modelRequests)
    expect(path).toBe('/model/us.anthropic.claude-sonnet-4-6/converse-stream')
  expect(fake.modelRequests[0]?.body.system).toEqual([
    { text: expect.any(String) },
    { cachePoint: { type: 'default' } },
  ])
  expect(fake.modelRequests[2]?.body.toolConfig.tools[0].toolSpec.name).toBe('BookAnalysis')
})

describe('where the AWS package is not installed', () => {
  const name = '@aws-sdk/client-bedrock-runtime'
  const install = `npm install ${name}@${packageJson.devDependencies[name]}`
  const modelId = 'bedrock/us.anthropic.claude-sonnet-4-6'

  let folder: string
  beforeAll(async () => {
    // The built package in a folder without any other package.
    folder = await mkdtemp(join(tmpdir(), 'litellm-agents-alone-'))
    await cp(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
    await cp(join(root, 'package.json'), join(folder, 'package.json'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('the library says how to install it', async () => {
    const program = join(folder, 'program.js')
    await writeFile(
      program,
      `import { Agent, LiteLLMModel } from './dist/index.js'
const agent = new Agent({ model: new LiteLLMModel({ modelId: '${modelId}' }) })
const error = await agent.invoke('Hello').catch((thrown) => thrown)
console.log(JSON.stringify({ name: error.name, ...error.toJSON(), usage: error.usage }))`,
    )
    const { stdout } = await run(process.execPath, [program], { cwd: folder })
    expect(JSON.parse(stdout)).toEqual({
      name: 'AgentError',
      code: 'configuration',
      message: `Bedrock models need the package ${name}, which is not installed.`,
      retryable: false,
      hint: expect.stringContaining(install),
      usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
    })
  })

  test('the MCP server says so in its result, and lives on', async () => {
    const env = { LITELLM_AGENTS_MODEL_ID: modelId, AWS_REGION: 'us-east-1' }
    const client = await connectStdio('2026', env, [], join(folder, 'dist', 'main.js'))
    try {
      const result = await client.call('run_agent', { prompt: 'Hello' })
      expect(result).toMatchObject({
        isError: true,
        structuredContent: {
          status: 'failed',
          error: { code: 'configuration', hint: expect.stringContaining(install) },
        },
      })
      expect(result.content[0].text).toContain(install)
      const other = await client.call('run_agent', { prompt: 'Hello', modelId: 'offline/demo' })
      expect(other.isError).toBeFalsy()
    } finally {
      await client.close()
    }
  })
})
