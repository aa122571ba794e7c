import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configFile } from '../../helpers/config-file.js'
import { type HttpServer, startHttp } from '../../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../../helpers/fake-provider/index.js'
import { rpc } from '../../helpers/http-client.js'
import { startProgram, upstream } from '../../helpers/program.js'

const tokens = { alice: 'alice-0123456789abcdef', bob: 'bob-0123456789abcdef' }
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

let fake: FakeProvider
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  const principals = {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the file has its own placeholders
    alice: { token: '${ALICE}' },
    bob: { tokenSha256: sha256(tokens.bob), allow: { requestsPerMinute: 3 } },
  }
  const LITELLM_AGENTS_CONFIG = configFile({ http: { principals } })
  const env = { ...upstream(fake), LITELLM_AGENTS_CONFIG, ALICE: tokens.alice }
  server = await startHttp(env, [], 'none')
})
afterAll(async () => {
  await server.stop()
  await fake.close()
})

const as = (name: keyof typeof tokens) => ({ url: server.url, token: tokens[name] })

test.each(['alice', 'bob'] as const)('%s gets in by a token of their own', async (name) => {
  expect((await rpc(as(name), 'tools/list')).status).toBe(200)
  await expect.poll(server.stderr).toContain(`"principal":"${name}"`)
  expect(server.stderr()).not.toContain(tokens[name])
})

test('nobody gets in by the hash of a token', async () => {
  const reply = await rpc({ url: server.url, token: sha256(tokens.bob) }, 'tools/list')
  expect(reply.status).toBe(401)
})

test('who sends more than their requests a minute is told when to come back', async () => {
  const replies = []
  for (let count = 0; count < 4; count++) replies.push(await rpc(as('bob'), 'ping'))
  const refused = replies.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(0)
  const [first] = refused
  const seconds = Number(first?.headers['retry-after'])
  expect(seconds).toBeGreaterThan(0)
  expect(seconds).toBeLessThanOrEqual(20)
  expect(first?.json().error.data).toEqual({
    code: 'rateLimit',
    message: 'You may send 3 requests per minute.',
    retryable: true,
    hint: `Try again in ${seconds} s.`,
  })
  expect((await rpc(as('alice'), 'ping')).status).toBe(200)
})

describe('a file with wrong principals keeps the server from starting', () => {
  const cases: [string, object, RegExp][] = [
    [
      'no token',
      { carol: {} },
      /http\.principals\.carol: must have exactly one.*token, tokenSha256/,
    ],
    [
      'two',
      { carol: { token: tokens.bob, tokenSha256: sha256('x') } },
      /carol: must have exactly one of the keys/,
    ],
    ['a short one', { carol: { token: 'secret' } }, /carol\.token: must have at least 16/],
    [
      'one that nobody could send',
      { carol: { token: `${tokens.bob}!` } },
      /carol\.token: contains a character that a bearer token cannot have/,
    ],
    ['a broken hash', { carol: { tokenSha256: 'abc' } }, /carol\.tokenSha256: must be a SHA-256/],
    ['a name of ours', { local: { token: tokens.bob } }, /local: is a reserved name/],
    ['OAuth’s with a token', { 'oauth/carol': { token: tokens.bob } }, /leave token out/],
    [
      'a misspelt key',
      { carol: { token: tokens.bob, allow: { tool: [] } } },
      /did you mean "tools"/,
    ],
  ]
  test.each(cases)('%s', async (_, principals, says) => {
    const program = startProgram(['http', '--config', configFile({ http: { principals } })])
    const { code } = await program.exited()
    expect(code).toBe(3)
    expect(program.stderr()).toMatch(says)
    expect(program.stderr()).not.toContain(tokens.bob)
  })
})

test('off loopback, principals are authentication enough', async () => {
  const principals = { alice: { token: tokens.alice } }
  const LITELLM_AGENTS_CONFIG = configFile({ http: { principals } })
  const open = await startHttp({ LITELLM_AGENTS_CONFIG }, ['--host', '0.0.0.0'], 'none')
  const url = open.url.replace('0.0.0.0', '127.0.0.1')
  expect((await rpc({ url, token: '' }, 'tools/list')).status).toBe(401)
  expect((await rpc({ url, token: tokens.alice }, 'tools/list')).status).toBe(200)
  await open.stop()
})
