import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { callTool, send } from '../helpers/http-client.js'
import { upstream } from '../helpers/program.js'

const tokens = {
  alice: 'alice-0123456789abcdef',
  bob: 'bob-0123456789abcdef',
  chief: 'chief-0123456789abcdef',
}
type Name = keyof typeof tokens

let fake: FakeProvider
let server: HttpServer
/** A run of Alice's that called a tool and answered. */
let aliceRun: string
/** A run of Bob's that failed. */
let bobRun: string

beforeAll(async () => {
  fake = await startFakeProvider()
  const principals = {
    alice: { token: tokens.alice },
    bob: { token: tokens.bob },
    chief: { token: tokens.chief, operator: true },
  }
  const LITELLM_AGENTS_CONFIG = configFile({ http: { principals } })
  server = await startHttp({ ...upstream(fake), LITELLM_AGENTS_CONFIG }, [], 'none')
  const run = async (who: Name, args: object) => {
    const { structuredContent } = await callTool(
      { url: server.url, token: tokens[who] },
      'run_agent',
      { prompt: 'A secret question', ...args },
    )
    return structuredContent.runId
  }
  fake.script(
    { toolCalls: [{ name: 'calculator', arguments: { expression: '6 * 7' } }] },
    { text: 'A secret answer' },
  )
  aliceRun = await run('alice', { tools: ['calculator'] })
  fake.reset()
  fake.script({ raw: { status: 401 } })
  bobRun = await run('bob', {})
})
afterAll(async () => {
  await server.stop()
  await fake.close()
})

const get = (path: string, who?: Name, headers: Record<string, string> = {}) =>
  send(new URL(path, server.url), {
    headers: { ...(who && { authorization: `Bearer ${tokens[who]}` }), ...headers },
  })
const ask = async (path: string, who: Name) => (await get(path, who)).json()

test('the server tells where the page is', async () => {
  const address = /Dashboard at (\S+)/.exec(server.stderr())?.[1] ?? ''
  const page = await fetch(address)
  expect(page.headers.get('content-type')).toContain('text/html')
  expect(await page.text()).toContain('LiteLLM Agents')
})

describe('the page', () => {
  const files = ['/', '/dashboard/page.js', '/dashboard/page.css', '/dashboard/icon.svg']

  test.each(files)(
    '%s needs no token, holds no data and may do nothing it must not',
    async (path) => {
      const { body, headers, status } = await get(path)
      expect(status).toBe(200)
      expect(body).not.toContain(aliceRun)
      const policy = String(headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toMatch(/unsafe|https?:|\*/)
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['referrer-policy']).toBe('no-referrer')
      expect(headers['access-control-allow-origin']).toBeUndefined()
    },
  )

  test('is not sent again while it is the same', async () => {
    const { headers } = await get('/')
    const again = await get('/', undefined, { 'if-none-match': String(headers.etag) })
    expect([again.status, again.body]).toEqual([304, ''])
  })

  test.each([{ host: 'evil.example' }, { origin: 'https://evil.example' }])(
    'is not for web pages: %o',
    async (lie) => {
      expect((await get('/', undefined, lie as Record<string, string>)).status).toBe(403)
      expect((await get('/api/live', 'alice', lie as Record<string, string>)).status).toBe(403)
    },
  )

  test('has files of its own and no others', async () => {
    for (const path of ['/dashboard/../main.js', '/dashboard/%2e%2e/main.js', '/dashboard/else'])
      expect((await get(path, 'alice')).status).toBe(404)
  })

  test('changes nothing', async () => {
    const reply = await send(new URL('/api/live', server.url), { method: 'POST', body: '{}' })
    expect([reply.status, reply.headers.allow]).toEqual([405, 'GET, HEAD'])
  })
})

describe('data', () => {
  const paths = [
    '/api/viewer',
    '/api/live',
    '/api/overview',
    '/api/runs',
    '/api/runs/x',
    '/api/else',
  ]

  test.each(paths)('%s is for those with a token', async (path) => {
    for (const authorization of ['', 'Bearer wrong-0123456789abcdef', tokens.alice]) {
      const { headers, json, status } = await get(path, undefined, { authorization })
      expect(status).toBe(401)
      expect(headers['www-authenticate']).toMatch(/^Bearer/)
      expect(json().error.data.code).toBe('authentication')
    }
  })

  test('names who looks', async () => {
    expect(await ask('/api/viewer', 'alice')).toMatchObject({ principal: 'alice', operator: false })
    expect(await ask('/api/viewer', 'chief')).toMatchObject({ principal: 'chief', operator: true })
  })

  test('is of the one who looks', async () => {
    const alice = await ask('/api/overview', 'alice')
    expect(alice.totals).toMatchObject({ runs: 1, modelCalls: 2, costIncomplete: false })
    expect(alice.totals.costUsd).toBeGreaterThan(0)
    expect(alice.groups.principal.map(({ name }: { name: string }) => name)).toEqual(['alice'])
    expect(alice.slowest).toMatchObject([{ runId: aliceRun, cycles: 2, toolCalls: 1 }])
    expect(alice.failed).toEqual([])
    const bob = await ask('/api/overview', 'bob')
    expect(bob.failed).toMatchObject([{ runId: bobRun, error: 'authentication' }])
    expect(bob.ended).toMatchObject({ known: 1, failed: 1 })
    expect(await ask('/api/runs', 'bob')).toMatchObject({ total: 1, runs: [{ runId: bobRun }] })
  })

  test('is of all for an operator', async () => {
    const { ended, totals } = await ask('/api/overview', 'chief')
    expect(ended).toMatchObject({ known: 2, failed: 1 })
    expect(totals.runs).toBe(2)
    const { runs } = await ask('/api/runs', 'chief')
    expect(runs.map(({ runId }: { runId: string }) => runId)).toEqual([bobRun, aliceRun])
  })

  test('of longer times is by the day', async () => {
    const { buckets, groups, totals } = await ask('/api/overview?period=7d', 'alice')
    expect(buckets).toHaveLength(7)
    expect(totals.modelCalls).toBe(2)
    const [group] = groups.model
    expect(group.name).toBe('openai/gpt-4o-mini')
    expect(group.tokens.at(-1)).toBe(totals.inputTokens + totals.outputTokens)
  })

  test('shows what a run did and when, and nothing that was said', async () => {
    const reply = await get(`/api/runs/${aliceRun}`, 'alice')
    const run = reply.json()
    expect(run).toMatchObject({ status: 'completed', approximate: false, error: null })
    expect(
      run.steps.map(({ kind, cycle }: { kind: string; cycle: number }) => [kind, cycle]),
    ).toEqual([
      ['cycle', 1],
      ['tool', 1],
      ['cycle', 2],
    ])
    for (const { startMs, durationMs } of run.steps)
      expect(startMs + durationMs).toBeLessThanOrEqual(run.endedAt - run.createdAt + 50)
    expect(reply.body).not.toContain('secret')
  })

  test("a stolen run id shows nothing, and an operator's does", async () => {
    const stolen = await get(`/api/runs/${aliceRun}?principal=alice`, 'bob')
    const unknown = await get('/api/runs/00000000-0000-0000-0000-000000000000', 'bob')
    expect([stolen.status, unknown.status]).toEqual([404, 404])
    expect((await get(`/api/runs/${aliceRun}`, 'bob')).status).toBe(404)
    expect(await ask(`/api/runs/${aliceRun}?principal=alice`, 'chief')).toMatchObject({
      runId: aliceRun,
      principal: 'alice',
    })
  })

  test('is kept by no cache, and not sent again while it is the same', async () => {
    const { headers } = await get('/api/runs', 'alice')
    expect(headers['cache-control']).toBe('no-store')
    const again = await get('/api/runs', 'alice', { 'if-none-match': String(headers.etag) })
    expect([again.status, again.body]).toEqual([304, ''])
  })

  test('takes odd questions for usual ones', async () => {
    for (const query of ['?offset=-1', '?offset=x', '?offset=1e99', '?period=always', '?%'])
      expect((await get(`/api/runs${query}`, 'alice')).status).toBe(200)
    expect((await ask('/api/overview?period=always', 'alice')).period).toBe('24h')
  })

  test('names live runs with their cycles and tools', async () => {
    fake.reset()
    fake.script(
      { toolCalls: [{ name: 'calculator', arguments: { expression: '6 * 7' } }] },
      { text: 'Late', delayMs: 20_000 },
    )
    const alice = { url: server.url, token: tokens.alice }
    const args = { prompt: 'Slowly', tools: ['calculator'], waitSeconds: 0 }
    const { runId } = (await callTool(alice, 'run_agent', args)).structuredContent
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 2)
    const live = { runId, status: 'running', cycles: 1, tools: { calculator: 1 } }
    expect(await ask('/api/live', 'alice')).toMatchObject({ runs: [live], more: 0 })
    expect(await ask('/api/live', 'chief')).toMatchObject({ runs: [live] })
    expect(await ask('/api/live', 'bob')).toEqual({ runs: [], more: 0 })
    await callTool(alice, 'cancel_run', { runId })
  })

  test('is not for those who ask all the time', async () => {
    const replies = await Promise.all(Array.from({ length: 320 }, () => get('/api/viewer', 'bob')))
    const refused = replies.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0)
    expect((await get('/api/viewer', 'alice')).status).toBe(200)
  })
})
