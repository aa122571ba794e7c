import { expect, test } from 'vitest'
import { connectStdio } from '../helpers/connect.js'
import type { JsonObject } from '../helpers/fake-provider/index.js'

test('surface 22 and people m11: list_runs returns 20 runs unless a limit is given', async () => {
  const client = await connectStdio('2025', { LITELLM_AGENTS_MODEL_ID: 'offline/demo' })
  const list = async (args: JsonObject) => {
    const result = await client.call('list_runs', args)
    expect(result.structuredContent.error).toBeUndefined()
    return result
  }
  try {
    const ids: string[] = []
    for (let run = 0; run < 25; run++) {
      const { structuredContent } = await client.call('run_agent', { prompt: `Run ${run}` })
      ids.unshift(structuredContent.runId)
    }
    const runIds = (result: JsonObject) =>
      result.structuredContent.runs.map(({ runId }: JsonObject) => runId)
    const byDefault = await list({})
    expect(runIds(byDefault)).toEqual(ids.slice(0, 20))
    expect(JSON.stringify(byDefault).length).toBeLessThan(16_000)
    expect(runIds(await list({ limit: 3 }))).toEqual(ids.slice(0, 3))
    expect(runIds(await list({ limit: '3', status: 'completed' }))).toEqual(ids.slice(0, 3))
    expect(runIds(await list({ limit: 1_000 }))).toEqual(ids)
    const zero = await client.call('list_runs', { limit: 0 })
    expect(zero.structuredContent.error.message).toContain('limit must be above 0')
  } finally {
    await client.close()
  }
})
