import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile, temporaryFolder } from '../../helpers/config-file.js'
import { type HttpServer, startHttp } from '../../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../../helpers/fake-provider/index.js'
import { rpc } from '../../helpers/http-client.js'
import { upstream } from '../../helpers/program.js'
import { sentTexts } from '../../helpers/sent-texts.js'

const tokens = { alice: 'alice-0123456789abcdef', bob: 'bob-0123456789abcdef' }

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

describe.each(['memory', 'file'])('principals with sessions in %s', (store) => {
  let server: HttpServer

  beforeAll(async () => {
    const principals = { alice: { token: tokens.alice }, bob: { token: tokens.bob } }
    const sessions = { store, ...(store === 'file' && { dir: temporaryFolder() }) }
    const config = configFile({ http: { principals }, sessions })
    server = await startHttp({ ...upstream(fake), LITELLM_AGENTS_CONFIG: config }, [], 'none')
  })
  afterAll(() => server.stop())

  async function call(who: keyof typeof tokens, name: string, args: object = {}) {
    const params = { name, arguments: args }
    const reply = await rpc({ url: server.url, token: tokens[who] }, 'tools/call', params)
    return reply.message().result.structuredContent
  }

  test('never go on with, see or end each other’s', async () => {
    await call('alice', 'run_agent', { prompt: 'Hers', sessionId: 'same' })
    await call('bob', 'run_agent', { prompt: 'His', sessionId: 'same' })
    await call('bob', 'run_agent', { prompt: 'More', sessionId: 'bobs' })
    expect(fake.modelRequests.map(sentTexts)).toEqual([['Hers'], ['His'], ['More']])

    const { sessions, total } = await call('alice', 'list_sessions')
    expect(total).toBe(1)
    expect(sessions).toMatchObject([{ sessionId: 'same', messages: 2 }])
    expect((await call('bob', 'list_sessions')).total).toBe(2)

    expect((await call('alice', 'forget_session', { sessionId: 'bobs' })).forgotten).toBe(0)
    expect((await call('alice', 'forget_session', { sessionId: 'same' })).forgotten).toBe(1)
    expect((await call('alice', 'list_sessions')).total).toBe(0)
    expect((await call('bob', 'list_sessions')).total).toBe(2)
  })
})
