import { Agent, type Message, tool } from 'litellm-agents-mcp'
import { expect, test } from 'vitest'
import { ScriptedModel } from '../helpers/scripted-model.js'

const pay = tool({
  name: 'pay',
  description: 'Pays',
  inputSchema: { type: 'object', properties: { usd: { type: 'number' } } },
  handler: () => 'paid',
})

const script = [{ calls: [{ name: 'pay', input: { usd: 5 } }] }, 'Done.']

function resultText(messages: readonly Message[]): string {
  return JSON.stringify(messages.at(2)?.content)
}

test('a tool call that needs approval runs once approved', async () => {
  const agent = new Agent({ model: new ScriptedModel(script), tools: [pay], approval: ['pa*'] })
  const asked: unknown[] = []
  const approve = ({ toolName, input }: { toolName: string; input: unknown }) => {
    asked.push([toolName, input])
    return { approved: true }
  }
  expect(String(await agent.invoke('Pay', { approve }))).toBe('Done.')
  expect(asked).toEqual([['pay', { usd: 5 }]])
  expect(resultText(agent.messages)).toContain('paid')
})

test('a tool call that is refused, or for which no one can be asked, does not run', async () => {
  const refused = new Agent({ model: new ScriptedModel(script), tools: [pay], approval: ['pay'] })
  await refused.invoke('Pay', { approve: () => ({ approved: false, reason: 'Too dear' }) })
  expect(resultText(refused.messages)).toContain('not approved: Too dear')

  const unattended = new Agent({
    model: new ScriptedModel(script),
    tools: [pay],
    approval: ['pay'],
  })
  await unattended.invoke('Pay')
  expect(resultText(unattended.messages)).toContain('no one can be asked')
})
