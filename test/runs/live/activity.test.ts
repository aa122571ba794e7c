import { expect, test } from 'vitest'
import { CoreAgent } from '../../../src/agent/agent.js'
import { agentTool } from '../../../src/agent/tools/agent-as-tool.js'
import { LiveRun } from '../../../src/runs/live/live-run.js'
import { callOf } from '../../helpers/conversation.js'
import { spec } from '../../helpers/engine.js'
import { ScriptedModel } from '../../helpers/scripted-model.js'

test('a run that goes on tells what agents below it do, and what they have spent', async () => {
  const helper = new CoreAgent({ name: 'helper', model: new ScriptedModel(['Found.', 'Again.']) })
  const tool = agentTool({
    name: 'ask_helper',
    description: 'Helps.',
    agent: 'helper',
    run: (prompt, options) => helper.run(prompt, options),
  })
  const model = new ScriptedModel([
    {
      calls: [callOf('ask_helper', { prompt: 'A' }), callOf('ask_helper', { prompt: 'B' })].flatMap(
        ({ calls }) => calls,
      ),
    },
    'Done.',
  ])
  const run = new LiveRun(spec(), 60_000)
  run.begin()
  const said: string[] = []
  const end = new CoreAgent({ model, tools: [tool] }).run('Go', {
    onEvent: (event) => {
      run.onEvent(event)
      said.push(run.activity)
      if (event.type === 'toolEnd') said.push(`${run.record().usage?.totalTokens} tokens`)
    },
  })
  expect(run.record().usage?.totalTokens).toBe(0)
  const { metrics } = await end
  expect(said).toContain('helper: cycle 1')
  expect(said).toContain('45 tokens')
  expect(run.record()).toMatchObject({
    usage: { totalTokens: 60 },
    metrics: { costUsd: metrics.costUsd, agents: metrics.agents },
  })
})
