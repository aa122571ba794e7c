import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import {
  environment,
  initialize,
  isAlive,
  messages,
  type Program,
  program,
  startProgram,
  upstream,
} from '../helpers/program.js'

let fake: FakeProvider
let server: Program

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())
afterEach(() => server?.stop())

const call = (id: number, prompt: string) => ({
  id,
  method: 'tools/call',
  params: { name: 'run_agent', arguments: { prompt }, _meta: { progressToken: id } },
})

/** A server in the middle of a run that would go on for a minute. */
async function serverAtWork(): Promise<Program> {
  server = startProgram([], upstream(fake))
  await initialize(server)
  fake.script({ text: 'one two three four', betweenChunksMs: 20_000 })
  server.send(call(1, 'Go on'))
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
  return server
}

async function expectUpstreamStopped(since: number): Promise<void> {
  const { abortedAt } = await fake.waitFor(({ modelRequests }) =>
    modelRequests.find((request) => request.abortedAt !== undefined),
  )
  expect((abortedAt as number) - since).toBeLessThan(1_000)
}

describe('in the middle of a run', () => {
  test('the end of stdin stops the model call and the program', async () => {
    const { child, exited } = await serverAtWork()
    const since = Date.now()
    child.stdin.end()
    await expectUpstreamStopped(since)
    const { code, ms } = await exited()
    expect(code).toBe(0)
    expect(ms).toBeLessThan(2_000)
  })

  test('a client that no longer reads stops them too', async () => {
    const { child, exited } = await serverAtWork()
    child.stdout.destroy()
    const since = Date.now()
    // What the program fails to write is the answer to this.
    server.send({ id: 2, method: 'tools/list' })
    await expectUpstreamStopped(since)
    const { code, ms } = await exited()
    expect(code).toBe(0)
    expect(ms).toBeLessThan(2_000)
  })

  test('a client that is killed leaves nothing behind', async () => {
    fake.script({ text: 'one two three four', betweenChunksMs: 20_000 })
    const script = fileURLToPath(new URL('../helpers/client-to-kill.mjs', import.meta.url))
    const client = spawn(process.execPath, [script, program], {
      env: environment(upstream(fake)),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [pid] = await once(client.stdout.setEncoding('utf8'), 'data')
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
    const since = Date.now()
    client.kill('SIGKILL')
    await expectUpstreamStopped(since)
    await expect.poll(() => isAlive(Number(pid)), { timeout: 3_000 }).toBe(false)
  })

  test('SIGTERM lets a run end that is about to', async () => {
    server = startProgram([], upstream(fake))
    await initialize(server)
    fake.script({ text: 'Just in time', delayMs: 300 })
    server.send(call(1, 'Hurry'))
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
    server.child.kill('SIGTERM')
    expect((await server.answer(1)).result.content[0].text).toBe('Just in time')
    expect((await server.exited()).code).toBe(0)
  })

  test('a second signal ends it at once', async () => {
    const { child, exited } = await serverAtWork()
    child.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 100))
    child.kill('SIGINT')
    const { code, ms } = await exited()
    expect(code).toBe(0)
    expect(ms).toBeLessThan(1_000)
  })

  test('after five seconds of grace the run is stopped, told of, and the program ends', async () => {
    const { answer, child, exited } = await serverAtWork()
    child.kill('SIGTERM')
    const { code, ms } = await exited()
    expect(code).toBe(0)
    expect(ms).toBeGreaterThan(4_500)
    expect(ms).toBeLessThan(6_500)
    expect(fake.modelRequests[0]?.abortedAt).toBeDefined()
    const { result } = await answer(1)
    expect(result.structuredContent.status).toBe('cancelled')
    expect(result._meta['io.github.litellm-agents-mcp/metrics'].cycles).toHaveLength(1)
  })

  test('a run that nobody waits for does not outlive the client', async () => {
    server = startProgram([], upstream(fake))
    await initialize(server)
    fake.script({ text: 'one two three four', betweenChunksMs: 20_000 })
    const detached = { prompt: 'Go on', waitSeconds: 0 }
    server.send({
      id: 1,
      method: 'tools/call',
      params: { name: 'run_agent', arguments: detached },
    })
    expect((await server.answer(1)).result.structuredContent.status).toBe('running')
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
    const since = Date.now()
    server.child.stdin.end()
    await expectUpstreamStopped(since)
    expect((await server.exited()).code).toBe(0)
  })
})

/** Windows tells nobody that a parent has gone. */
const whereParentsAreTold = test.skipIf(process.platform === 'win32')

whereParentsAreTold('a lost parent ends it, whoever holds its stdin', async () => {
  // The shell is the parent, and stdin is ours.
  const script = 'exec 3<&0; "$0" "$1" <&3 & echo $! >&2; wait'
  const shell = spawn('sh', ['-c', script, process.execPath, program], { env: environment() })
  const [printed] = await once(shell.stderr.setEncoding('utf8'), 'data')
  const pid = Number(printed)
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(isAlive(pid)).toBe(true)
  shell.kill('SIGKILL')
  await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false)
  shell.stdin.end()
})

describe('with nothing to do', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends it at once', async (signal) => {
    server = startProgram([], upstream(fake))
    await initialize(server)
    server.child.kill(signal)
    const { code, ms } = await server.exited()
    expect(code).toBe(0)
    expect(ms).toBeLessThan(1_000)
  })

  test('it ends at once on an empty stdin', async () => {
    const child = spawn(process.execPath, [program], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(5_000) })
    expect(code).toBe(0)
    expect(child.stdout.read()).toBeNull()
    expect(child.stderr.read()).toBeNull()
  })
})

test('stdout holds JSON-RPC and nothing else, whatever is sent', async () => {
  server = startProgram([], { ...upstream(fake), LITELLM_AGENTS_LOG_LEVEL: 'trace' })
  await initialize(server)
  server.child.stdin.write('this is no message\n\n{"jsonrpc":"2.0"}\n[]\n')
  server.send(call(1, 'What is 2 + 2?'))
  server.send({ id: 2, method: 'tools/call', params: { name: 'list_models', arguments: {} } })
  server.send({ id: 3, method: 'no/such/method' })
  await Promise.all([1, 2, 3].map((id) => server.answer(id)))
  for (const message of messages(server.stdout())) expect(message.jsonrpc).toBe('2.0')
  // The log is JSON too, on stderr, and holds neither prompt nor answer.
  const log = server
    .stderr()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(log.length).toBeGreaterThan(0)
  expect(server.stderr()).not.toMatch(/2 \+ 2|You said/)
})

test('a library that prints does not reach stdout', async () => {
  const noisy = fileURLToPath(new URL('../helpers/noisy.mjs', import.meta.url))
  const child = spawn(process.execPath, ['--import', noisy, program], { env: environment() })
  child.stdin.end()
  let printed = ''
  let told = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    told += text
  })
  await once(child, 'close')
  expect(printed).toBe('')
  expect(told).toContain('a word from a library')
})

test('SIGUSR2 turns the log of a running server to debug and back', async () => {
  const own = startProgram(['http', '--port', '0', '--no-auth'])
  const [, url] = await own.until('stderr', /Listening on (\S+)/)
  const probe = () => fetch(new URL('/healthz', url))
  await probe()
  own.child.kill('SIGUSR2')
  await own.until('stderr', /Log level: debug/)
  await probe()
  await own.until('stderr', /"path":"\/healthz","status":200/)
  own.child.kill('SIGUSR2')
  await own.until('stderr', /Log level: info/)
  await probe()
  await fetch(new URL('/nothing?key=hidden', url))
  await own.until('stderr', /"path":"\/nothing","status":404/)
  expect(own.stderr().match(/healthz/g)).toHaveLength(1)
  expect(own.stderr()).not.toContain('hidden')
  await own.stop()
})

test.each([
  ['no JSON-RPC version', '{"id":7,"method":"tools/list"}', 7, -32600],
  [
    'params that are a string',
    '{"jsonrpc":"2.0","id":"a","method":"tools/call","params":"x"}',
    'a',
    -32602,
  ],
  ['an unknown member', '{"jsonrpc":"2.0","id":8,"method":"tools/list","extra":1}', 8, -32600],
  ['a fractional id', '{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}', null, -32600],
  ['a batch', '[{"jsonrpc":"2.0","id":9,"method":"ping"}]', null, -32600],
  ['invalid JSON', '{"password": hunter2-secret', null, -32700],
])(
  'an invalid message (%s) is answered, and the log does not contain it',
  async (_, line, id, code) => {
    server = startProgram()
    await initialize(server)
    server.child.stdin.write(`${line}\n`)
    const { error } = await server.answer(id)
    expect(error).toMatchObject({ code, data: { code: 'invalidRequest', retryable: false } })
    await server.until('stderr', /a message was refused/)
    expect(server.stderr()).not.toContain('hunter2')
    server.send({ id: 10, method: 'ping' })
    expect((await server.answer(10)).result).toEqual({})
  },
)
