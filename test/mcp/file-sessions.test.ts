import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { configFile, temporaryFolder } from '../helpers/config-file.js'
import { type Connection, connectStdio } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { initialize, type Program, startProgram, upstream } from '../helpers/program.js'
import { sentTexts } from '../helpers/sent-texts.js'

let fake: FakeProvider
let folder: string
const open: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(async () => {
  for (const close of open.splice(0)) await close()
  fake.reset()
  folder = temporaryFolder()
})

const environment = () => ({ ...upstream(fake), LITELLM_AGENTS_SESSIONS_DIR: folder })

async function client(args: readonly string[] = []): Promise<Connection> {
  const connection = await connectStdio('2026', environment(), args)
  open.push(connection.close)
  return connection
}

async function server(): Promise<Program> {
  const started = startProgram([], environment())
  open.push(started.stop)
  await initialize(started)
  return started
}

function ask(program: Program, id: number, prompt: string, sessionId = 'one') {
  const params = { name: 'run_agent', arguments: { prompt, sessionId } }
  program.send({ id, method: 'tools/call', params })
}

async function turn(program: Program, id: number, prompt: string): Promise<void> {
  ask(program, id, prompt)
  const { result } = await program.answer(id)
  expect(result.isError).toBeUndefined()
}

const lastConversation = () => sentTexts(fake.modelRequests.at(-1))

test('a server that is killed between turns and in the middle of one loses none that was answered', async () => {
  const answers = ['A', 'B', 'C', 'D']
  for (const [index, answer] of answers.entries()) {
    fake.script({ text: answer }, { text: 'never told', delayMs: 60_000 })
    const program = await server()
    await turn(program, 1, `question ${answer}`)
    // Every other time, another turn is under way.
    if (index % 2 === 1) {
      ask(program, 2, 'lost')
      await fake.waitFor(({ modelRequests }) => modelRequests.length === 2)
    }
    await program.stop()
    fake.reset()
  }
  fake.script({ text: 'E' })
  await turn(await server(), 1, 'and now?')
  const told = answers.flatMap((answer) => [`question ${answer}`, answer])
  expect(lastConversation()).toEqual([...told, 'and now?'])
})

test('a server that is killed as it answers leaves a session that goes on', async () => {
  const committed: string[] = []
  for (let round = 0; round < 5; round++) {
    const program = await server()
    for (let id = 0; id < 3; id++) ask(program, id, `${round}.${id}`)
    await program.answer(round % 2)
    const answered = [0, 1, 2].filter((id) => program.stdout().includes(`"id":${id}`))
    await program.stop()
    committed.push(...answered.map((id) => `${round}.${id}`))
  }
  await turn(await server(), 1, 'and now?')
  const kept = lastConversation()
  expect(committed.filter((prompt) => !kept.includes(prompt))).toEqual([])
  const prompts = kept.filter((text) => /^\d\.\d$/.test(text))
  expect(prompts).toEqual([...prompts].sort())
  expect(kept).toHaveLength(2 * prompts.length + 1)
})

test('servers that share a folder take turns on a session, and each sees the turns of all', async () => {
  const clients = [await client(), await client(), await client()]
  const runs = clients.flatMap((one, index) =>
    [0, 1, 2, 3].map((call) =>
      one.call('run_agent', { prompt: `${index}.${call}`, sessionId: 'shared' }),
    ),
  )
  for (const run of await Promise.all(runs)) expect(run.isError).toBeFalsy()
  expect(fake.modelRequests.map((request) => sentTexts(request).length)).toEqual(
    runs.map((_, before) => 2 * before + 1),
  )
  const prompts = lastConversation().filter((text) => /^\d\.\d$/.test(text))
  for (const [index] of clients.entries())
    expect(prompts.filter((text) => text.startsWith(`${index}.`))).toEqual(
      [0, 1, 2, 3].map((call) => `${index}.${call}`),
    )
})

test('a server that dies while it holds a session holds up no other', async () => {
  fake.script({ text: 'never told', delayMs: 60_000 }, { text: 'Hello' })
  const dying = await server()
  ask(dying, 1, 'lost')
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
  const waiting = (await client()).call('run_agent', { prompt: 'kept', sessionId: 'one' })
  await dying.stop()
  expect((await waiting).structuredContent.text).toBe('Hello')
  expect(lastConversation()).toEqual(['kept'])
})

test('a server that is started again knows what the cache was sent before', async () => {
  const env = { ANTHROPIC_API_BASE: fake.url, ANTHROPIC_API_KEY: 'sk-ant-test-0123456789' }
  const point = { cachePoint: { type: 'default' } }
  const ask = async (day: string) => {
    const one = await connectStdio('2026', { ...environment(), ...env })
    const { _meta } = await one.call('run_agent', {
      prompt: 'Hello',
      sessionId: 'one',
      modelId: 'anthropic/claude-sonnet-4-6',
      systemPrompt: [{ text: `${day}. ${'You are a careful librarian. '.repeat(300)}` }, point],
    })
    await one.close()
    return _meta['io.github.litellm-agents-mcp/cache'].points[0]
  }
  expect(await ask('Monday')).toEqual({ at: 'system[1]', effect: 'written' })
  expect(await ask('Monday')).toEqual({ at: 'system[1]', effect: 'read' })
  expect(await ask('Tuesday')).toMatchObject({ effect: 'written', reason: 'prefixChanged' })
})

test('nobody but their owner can read the files, and their names tell nothing', async () => {
  await (await client()).call('run_agent', { prompt: 'Secret', sessionId: 'secret-name' })
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'))
  expect(files).toHaveLength(1)
  expect(files[0]).toMatch(/^[0-9a-f]{32}-[0-9a-f]{32}\.jsonl$/)
  if (process.platform === 'win32') return
  expect(statSync(join(folder, files[0] as string)).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'line')).mode & 0o777).toBe(0o700)
})

test('a folder that is not there is made, for its owner alone', async () => {
  folder = join(folder, 'deep', 'sessions')
  await (await client()).call('run_agent', { prompt: 'Hello', sessionId: 'one' })
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

test('a folder that cannot be written is told of, with what to do', async () => {
  const file = configFile('{}')
  folder = join(file, 'below-a-file')
  const one = await client()
  const failed = await one.call('run_agent', { prompt: 'Hello', sessionId: 'one' })
  expect(failed.structuredContent.error).toMatchObject({
    code: 'configuration',
    hint: expect.stringContaining('sessions.dir'),
  })
  expect(JSON.stringify(failed)).not.toContain(file)
  expect(fake.modelRequests).toHaveLength(0)
  expect((await one.call('run_agent', { prompt: 'Hello' })).isError).toBeFalsy()
})
