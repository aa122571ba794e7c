import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fourRoutesTable } from '../../scripts/four-routes.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import {
  fourRoutes,
  googleRouteName,
  type RouteOutcome,
  responsesRouteName,
  runOnRoute,
} from '../helpers/four-routes.js'
import { type LiteLLMProxy, startLiteLLMProxy } from '../helpers/litellm-proxy.js'

let fake: FakeProvider
let proxy: LiteLLMProxy

beforeAll(async () => {
  fake = await startFakeProvider()
  proxy = await startLiteLLMProxy({ provider: fake })
})
afterAll(async () => {
  await proxy.stop()
  await fake.close()
})

test('one agent on four routes: same words, same tool calls, same tokens, same cents', async () => {
  const outcomes: [string, RouteOutcome][] = []
  for (const [name, config] of Object.entries(fourRoutes(fake, proxy)))
    outcomes.push([name, await runOnRoute(fake, config)])

  const reference = outcomes.find(([name]) => name === 'direct Anthropic')?.[1] as RouteOutcome
  expect(reference.texts).toEqual(['It is 144 and 12.', 'You are welcome.'])
  expect(reference.toolCalls).toEqual([
    'calculator {"expression":"12*12"}',
    'calculator {"expression":"7+5"}',
  ])
  expect(reference.usage).toMatchObject({
    cacheWriteInputTokens: expect.any(Number),
    cacheReadInputTokens: expect.any(Number),
  })
  expect(reference.points).toEqual(['tools read', 'system[1] read'])
  expect(reference.landed).toEqual(['after the tool calculator', 'after the system text'])
  expect(reference.costUsd).toBeGreaterThan(0)
  for (const [name, outcome] of outcomes) {
    if (name === responsesRouteName || name === googleRouteName) continue
    expect(outcome, name).toEqual({
      ...reference,
      costUsd: expect.closeTo(reference.costUsd as number, 12),
      savedUsd: expect.closeTo(reference.savedUsd as number, 12),
      // The proxy tells what a call on its OpenAI wire cost; the others are computed.
      costSource: name === 'proxy, OpenAI wire' ? 'reported' : 'computed',
    })
  }
  const responses = outcomes.find(([name]) => name === responsesRouteName)?.[1] as RouteOutcome
  const { inputTokens, outputTokens } = reference.usage ?? {}
  expect(responses).toMatchObject({
    texts: reference.texts,
    toolCalls: reference.toolCalls,
    usage: { inputTokens, outputTokens, cacheReadInputTokens: expect.any(Number) },
    costUsd: expect.any(Number),
    costSource: 'computed',
    points: ['tools unsupported', 'system[1] unsupported'],
  })
  const google = outcomes.find(([name]) => name === googleRouteName)?.[1]
  expect(google).toMatchObject({
    texts: reference.texts,
    toolCalls: reference.toolCalls,
    usage: { inputTokens, outputTokens, cacheReadInputTokens: expect.any(Number) },
    costUsd: expect.any(Number),
    costSource: 'computed',
    points: reference.points,
  })
  expect(await readFile('docs/caching.md', 'utf8')).toContain(fourRoutesTable(outcomes))
})
