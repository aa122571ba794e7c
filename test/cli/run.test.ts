import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { errorCodes } from '../../src/agent/error-codes.js'
import { exitCodes } from '../../src/cli/exit-codes.js'
import { configFile, temporaryFolder } from '../helpers/config-file.js'
import { connectStdio } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { runProgram, startProgram, testKey, upstream } from '../helpers/program.js'
import { notes, stdioServer } from '../helpers/tool-server/index.js'

let fake: FakeProvider

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

const run = (args: string[], { env = {}, stdin = '' } = {}) =>
  runProgram(['run', ...args], { env: { ...upstream(fake), ...env }, stdin })

const usage = { prompt_tokens: 1100, completion_tokens: 20, total_tokens: 1120, cost: 0.25 }

describe('the answer', () => {
  test('goes to stdout, what it took to stderr', async () => {
    fake.script(
      { toolCalls: [{ name: 'calculator', arguments: { expression: '2+2' } }], usage },
      { text: 'It is 4.', usage },
    )
    const { code, stderr, stdout } = await run(['What is 2+2?', '--tool', 'calculator'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'It is 4.\n' })
    const [called, done, footer] = stderr.split('\n')
    expect(called).toBe('→ calculator {"expression":"2+2"}')
    expect(done).toMatch(/^← calculator \d/)
    expect(footer).toMatch(
      /^openai\/gpt-4o-mini · 2 calls · 2,200 tokens in, 40 out · \$0\.50 · \d+\.\d s$/,
    )
  })

  test('is printed as it comes', async () => {
    fake.script({ chunks: ['First ', 'then'], betweenChunksMs: 1500 })
    const program = startProgram(['run', 'Hi'], upstream(fake))
    await program.until('stdout', /First /)
    expect(program.stdout()).toBe('First ')
    expect(await program.exited()).toMatchObject({ code: 0 })
    expect(program.stdout()).toBe('First then\n')
  })

  test('is one object with --json, and nothing else is said with --quiet', async () => {
    fake.script({ text: 'Hello', usage })
    const { code, stderr, stdout } = await run(['Hi', '--json', '--quiet'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'completed',
      text: 'Hello',
      stopReason: 'endTurn',
      modelId: 'openai/gpt-4o-mini',
      usage: { inputTokens: 1100, outputTokens: 20 },
      costUsd: 0.25,
    })
  })

  test('is whole, however long', async () => {
    const text = 'word '.repeat(8000)
    fake.script({ text })
    expect(JSON.parse((await run(['Hi', '--json'])).stdout).text).toBe(text)
  })

  test('is an object with --schema, from a file or in place', async () => {
    const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
    const file = configFile(schema, 'schema.json')
    for (const given of [file, JSON.stringify(schema)]) {
      const { code, stdout } = await run(['Give a number', '--schema', given])
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toEqual({ n: expect.any(Number) })
    }
  })

  test('has no colours and no spinner where nobody looks', async () => {
    fake.script({ text: 'Hi', delayMs: 300 })
    const { stderr, stdout } = await run(['Hi'])
    expect(stdout + stderr).not.toContain('\x1b')
  })

  test('keeps a file from what it says to the letter', async () => {
    fake.script({ text: 'a\x1b[31mb' })
    expect((await run(['Hi'])).stdout).toBe('a\x1b[31mb\n')
  })
})

describe('the prompt', () => {
  const asked = () => fake.modelRequests[0]?.body.messages.at(-1).content

  test('is put together from words, files and stdin', async () => {
    const file = configFile('from a file\n', 'part.txt')
    await run(['one', `@${file}`, '-', '@@x'], { stdin: 'from stdin' })
    expect(asked()).toMatchObject([{ text: 'one\n\nfrom a file\n\nfrom stdin\n\n@x' }])
  })

  test('is stdin where there is no other', async () => {
    await run([], { stdin: 'piped in\n' })
    expect(asked()).toMatchObject([{ text: 'piped in' }])
  })

  test('takes pictures, documents and texts along', async () => {
    const folder = temporaryFolder()
    const png = join(folder, 'dot.png')
    writeFileSync(png, Buffer.from('89504e470d0a1a0a', 'hex'))
    const code = join(folder, 'a.ts')
    writeFileSync(code, 'const a = 1')
    const pdf = join(folder, 'a.pdf')
    writeFileSync(pdf, '%PDF-1.4')
    const { code: exit, stderr } = await run([
      ...['Look', '--image', png, '--file', code, '--file', pdf],
    ])
    expect({ exit, stderr }).toMatchObject({ exit: 0 })
    expect(asked()).toMatchObject([
      { type: 'text', text: 'Look' },
      { type: 'image_url', image_url: { url: expect.stringMatching(/^data:image\/png;base64,/) } },
      { type: 'text', text: 'File a.ts:\nconst a = 1' },
      { type: 'file' },
    ])
  })
})

describe('what it sends', () => {
  test('the system prompt, params and limits that are given', async () => {
    fake.script({ text: 'x'.repeat(10) })
    await run([
      ...['Hi', '--system', 'Be brief.', '--param', 'temperature=0.5', '--param', 'user=me'],
      ...['--model', 'openai/gpt-4o'],
    ])
    const [request] = fake.modelRequests
    expect(request?.body).toMatchObject({ model: 'gpt-4o', temperature: 0.5, user: 'me' })
    expect(request?.body.messages[0]).toMatchObject({
      role: 'system',
      content: [{ text: 'Be brief.' }],
    })
  })

  test('an agent of the file, whose allow lists do not bind the operator, and whose caps do', async () => {
    const config = configFile({
      allow: { modelIds: ['openai/other'], maxCostUsdPerRun: 0.000001 },
      agents: { poet: { description: 'Writes verse', systemPrompt: 'Rhyme.' } },
    })
    const args = ['Hi', '--config', config, '--agent', 'poet', '--model', 'openai/gpt-4o']
    const { code, stderr } = await run([...args, '--system', 'Be brief.'])
    expect(stderr).toContain('maxCostUsd')
    expect(code).toBe(18)
    expect(fake.modelRequests).toEqual([])
  })

  test('the conversation of a session, from one process to the next', async () => {
    const home = temporaryFolder()
    const env = { HOME: home, XDG_STATE_HOME: join(home, 'state') }
    fake.script({ text: 'Hello Ann' }, { text: 'Ann' })
    await run(['I am Ann', '--session', 'talk'], { env })
    const { code, stderr } = await run(['Who am I?', '--session', 'talk'], { env })
    expect(code).toBe(0)
    expect(stderr).toContain('session talk')
    expect(fake.modelRequests[1]?.body.messages).toMatchObject([
      { content: [{ text: 'I am Ann' }] },
      { content: [{ text: 'Hello Ann' }] },
      { content: [{ text: 'Who am I?' }] },
    ])
    expect(readdirSync(join(home, 'state/litellm-agents-mcp/sessions')).length).toBeGreaterThan(0)
  })
})

describe('--dry-run', () => {
  test('tells the route and the most it can cost, and calls nobody', async () => {
    const { code, stdout } = await run(['Hi', '--tool', 'calculator', '--dry-run', '--json'])
    expect(code).toBe(0)
    const told = JSON.parse(stdout)
    expect(told).toMatchObject({
      route: 'openai/gpt-4o-mini',
      keySource: 'OPENAI_API_KEY',
      tools: ['calculator'],
      maxModelCalls: 20,
    })
    expect(told.inputTokensEstimated).toBeGreaterThan(10)
    expect(told.maxCostUsd).toBeGreaterThan(told.maxCostUsdFirstCall)
    expect(fake.requests).toEqual([])
  })

  test('without tools the first call is the whole', async () => {
    const { stdout } = await run(['Hi', '--dry-run'])
    expect(stdout).toMatch(/^input +about \d+ tokens, estimated/m)
    const [, first] = /^first call +(at most \$[\d.]+)$/m.exec(stdout) ?? []
    expect(stdout).toContain(`at most 1 model call, ${first}`)
  })

  test('holds the run to --max-cost', async () => {
    const { stdout } = await run(['Hi', '--tool', 'calculator', '--dry-run', '--max-cost', '0.5'])
    expect(stdout).toContain('at most 20 model calls, at most $0.50')
  })
})

describe('exit codes', () => {
  test('are one for each error code', () => {
    const codes = exitCodes().map(([code]) => code)
    expect(new Set(codes).size).toBe(errorCodes.length + 3)
  })

  test.each([
    ['authentication', { raw: { status: 401 } }, 4],
    ['modelNotFound', { raw: { status: 404 } }, 6],
    ['contentPolicy', { stopReason: 'content_filter' as const, text: '' }, 10],
  ])('%s', async (_, step, expected) => {
    fake.script(step)
    const { code, stdout } = await run(['Hi'])
    expect({ code, stdout: stdout.trim() }).toEqual({ code: expected, stdout: '' })
  })

  test.each([
    [['Hi', '--modle', 'x'], 2, /did you mean --model\?/],
    [['Hi', '--max-cost', 'much'], 2, /--max-cost must be a positive number/],
    [['Hi', '--param', 'temperature'], 2, /NAME=VALUE/],
    [['@/nowhere.txt'], 2, /\/nowhere\.txt.*does not exist/],
    [['Hi', '--schema', '[]'], 2, /cannot be read|JSON object/],
    [['Hi', '--agent', 'nobody'], 7, /There is no agent "nobody"/],
    [['Hi', '--config', '/nowhere.yaml'], 3, /cannot be read/],
    [['Hi', '--tool', 'nothing'], 5, /There is no tool "nothing"/],
  ])('%j', async (args, expected, says) => {
    const { code, stderr, stdout } = await run(args)
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' })
    expect(stderr).toMatch(says)
    expect(fake.modelRequests).toEqual([])
  })

  test.each([
    ['without a model', ['hi'], 'configuration', 3],
    [
      'without its agent',
      ['hi', '--agent', 'nope', '--model', 'offline/demo'],
      'invalidRequest',
      7,
    ],
  ])(
    'a run that is refused %s is what run_agent says of it with --json',
    async (_, args, code, exit) => {
      const [plain, json] = [
        await runProgram(['run', ...args]),
        await runProgram(['run', ...args, '--json']),
      ]
      expect(json).toMatchObject({ code: exit, stderr: plain.stderr })
      expect(plain).toMatchObject({ code: exit, stdout: '', stderr: expect.stringMatching(/\w/) })
      const [prompt, , agent, , modelId] = args
      const server = await connectStdio('2025', {})
      const told = await server.call('run_agent', { prompt, agent, modelId })
      await server.close()
      expect(JSON.parse(json.stdout)).toEqual(told.structuredContent)
      expect(told.structuredContent).toMatchObject({ status: 'failed', error: { code } })
    },
  )

  test('a failure is told without the key', async () => {
    fake.script({ raw: { status: 401, body: { error: { message: `bad key ${testKey}` } } } })
    const { stderr, stdout } = await run(['Hi', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'failed',
      error: { code: 'authentication' },
    })
    expect(stdout + stderr).not.toContain(testKey)
  })
})

describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  test('stops the run, and the model with it, and tells what it has cost', async () => {
    fake.script({ chunks: ['One ', 'two'], betweenChunksMs: 60_000 })
    const program = startProgram(['run', 'Count'], upstream(fake))
    await program.until('stdout', /One /)
    program.child.kill('SIGINT')
    expect(await program.exited()).toMatchObject({ code: 130 })
    expect(program.stderr()).toMatch(/openai\/gpt-4o-mini · 1 call · .* · cancelled\n$/)
    expect(await fake.waitFor(({ modelRequests }) => modelRequests[0]?.abortedAt)).toBeTruthy()
  })

  test('ends it at once when it comes again, with something that does not want to end', async () => {
    fake.script({ chunks: ['One ', 'two'], betweenChunksMs: 60_000 })
    const { env, lines } = notes()
    const deaf = stdioServer({ ...env, TOOL_SERVER_DEAF: '1' })
    const config = configFile({ mcpServers: { deaf } })
    const args = ['run', 'Count', '--config', config, '--tool', 'deaf/*']
    const program = startProgram(args, upstream(fake))
    try {
      await program.until('stdout', /One /)
      program.child.kill('SIGINT')
      await program.until('stderr', /cancelled\n$/)
      program.child.kill('SIGINT')
      // Alone it waits for the server, and ends with code 130.
      expect(await program.exited()).toMatchObject({ code: null, signal: 'SIGINT' })
    } finally {
      for (const line of lines()) process.kill(Number(line.replace('start ', '')), 'SIGKILL')
    }
  })
})

test('run refuses a call that needs approval without a terminal, and allows it with --yes', async () => {
  const config = configFile({
    agents: { careful: { description: 'Asks', tools: ['calculator'], approval: ['calculator'] } },
  })
  const toolCalls = [{ name: 'calculator', arguments: { expression: '6*7' } }]
  const args = ['Work', '--config', config, '--agent', 'careful']
  fake.script({ toolCalls }, { text: 'Then not.' })
  const refused = await run(args)
  expect(refused).toMatchObject({ code: 0, stdout: 'Then not.\n' })
  expect(refused.stderr).toMatch(/no terminal .* calculator with \{"expression": "6\*7"\}/)
  fake.script({ toolCalls }, { text: '42' })
  await run([...args, '--yes'])
  expect(JSON.stringify(fake.modelRequests.at(-1)?.body.messages)).toContain('42')
})
