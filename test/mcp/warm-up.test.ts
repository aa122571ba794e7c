import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { type Program, startProgram, upstream } from '../helpers/program.js'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())

/** Reports on stderr when Web Crypto has been loaded, which a server needs for the first call only. */
const preload = `data:text/javascript,${encodeURIComponent(`
const loaded = () => process.moduleLoadList.some((name) => name.includes('webcrypto'))
const timer = setInterval(() => {
  if (!loaded()) return
  clearInterval(timer)
  process.stderr.write('warm\\n')
}, 5)
timer.unref()
process.on('exit', () => process.stderr.write(loaded() ? 'ended warm\\n' : 'ended cold\\n'))
`)}`

/** Starts a server and lists its tools. With `leaves`, the client ends its input with the request. */
async function listed(
  env: Record<string, string> = upstream(fake),
  { leaves = false } = {},
): Promise<Program> {
  const program = startProgram([], { ...env, NODE_OPTIONS: `--import=${preload}` })
  const clientInfo = { name: 'test', version: '1' }
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo }
  program.send({ id: 1, method: 'initialize', params })
  await program.answer(1)
  program.send({ method: 'notifications/initialized' })
  program.send({ id: 2, method: 'tools/list', params: {} })
  if (leaves) program.child.stdin.end()
  await program.answer(2)
  return program
}

test('a server loads what a call needs once a client has listed the tools, and connects to nothing', async () => {
  const program = await listed()
  await program.until('stderr', /warm/)
  const connections = fake.requests.length
  program.send({ id: 3, method: 'ping' })
  await program.answer(3)
  expect(connections).toBe(0)
  program.child.stdin.end()
  expect(await program.exited()).toMatchObject({ code: 0 })
  expect(program.stderr()).not.toMatch(/error|warn"/)
})

test('a client that lists the tools and leaves makes it load nothing', async () => {
  const program = await listed(upstream(fake), { leaves: true })
  await program.exited()
  expect(program.stderr()).toContain('ended cold')
})

test('a default model without a key is no reason to say anything', async () => {
  const program = await listed({ LITELLM_AGENTS_MODEL_ID: 'anthropic/claude-opus-5' })
  await program.until('stderr', /warm/)
  program.send({ id: 3, method: 'ping' })
  await program.answer(3)
  program.child.stdin.end()
  expect(await program.exited()).toMatchObject({ code: 0 })
  expect(program.stderr().replace(/(ended )?warm\n/g, '')).toBe('')
})
