import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile, temporaryFolder } from '../helpers/config-file.js'
import { type Connection, connectStdio } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { upstream } from '../helpers/program.js'

let fake: FakeProvider

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

const reply = (completion_tokens: number) => ({
  text: 'Hello',
  usage: { prompt_tokens: 10, completion_tokens, total_tokens: 10 + completion_tokens },
})

describe.each(['memory', 'file'])('sessions in %s', (store) => {
  async function withLimits(
    limits: object,
    work: (client: Connection) => Promise<void>,
  ): Promise<void> {
    const dir = store === 'file' ? temporaryFolder() : undefined
    const config = configFile({ sessions: { store, ...(dir && { dir }), limits } })
    const client = await connectStdio('2026', upstream(fake), ['--config', config])
    try {
      await work(client)
    } finally {
      await client.close()
    }
  }

  test('one that has used up its tokens takes no more calls, and others do', async () => {
    await withLimits({ maxTotalTokens: 50 }, async ({ call }) => {
      fake.script(reply(15), reply(20), reply(1))
      const ask = (sessionId: string) => call('run_agent', { prompt: 'Hi', sessionId })
      for (const _ of [1, 2]) expect((await ask('one')).isError).toBeFalsy()
      const refused = await ask('one')
      expect(refused.isError).toBe(true)
      expect(refused.structuredContent).toMatchObject({ costUsd: 0, sessionId: 'one' })
      expect(refused.structuredContent.error).toMatchObject({
        code: 'limitReached',
        message: expect.stringContaining('maxTotalTokens of 50'),
      })
      expect(fake.modelRequests).toHaveLength(2)
      expect((await ask('two')).isError).toBeFalsy()
    })
  })

  test('a run is held within what is left of its session', async () => {
    await withLimits({ maxTotalTokens: 40 }, async ({ call }) => {
      const toolCalls = [{ name: 'calculator', arguments: { expression: '1+1' } }]
      fake.script(reply(10), { ...reply(15), toolCalls }, reply(1))
      const ask = (limits: object) =>
        call('run_agent', { prompt: 'Hi', sessionId: 'one', tools: ['calculator'], limits })
      await ask({})
      const { structuredContent } = await ask({ maxTotalTokens: 1_000 })
      expect(structuredContent).toMatchObject({
        stopReason: 'limitReached',
        limit: { name: 'maxTotalTokens', max: 20, spent: 25 },
      })
    })
  })

  test('cost adds up over the calls', async () => {
    await withLimits({ maxCostUsd: 0.001 }, async ({ call }) => {
      // Of gpt-4o-mini, a million tokens of output cost 0.60 USD.
      fake.script(reply(1_000), reply(1_000))
      const ask = () =>
        call('run_agent', { prompt: 'Hi', sessionId: 'one', params: { max_tokens: 1_000 } })
      expect((await ask()).structuredContent.costUsd).toBeCloseTo(0.0006, 4)
      await ask()
      const sent = fake.modelRequests.map(({ body }) => body.max_tokens)
      expect(sent[0]).toBe(1_000)
      // What is left pays for fewer.
      expect(sent[1]).toBeLessThan(700)
      expect((await ask()).structuredContent.error.code).toBe('limitReached')
      expect(fake.modelRequests).toHaveLength(2)
    })
  })
})
