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

function told(messages: readonly Message[]): string {
  return JSON.stringify(messages.at(2)?.content)
}

test('a call that needs approval is made when it is allowed', async () => {
  const agent = new Agent({ model: new ScriptedModel(script), tools: [pay], approval: ['pa*'] })
  const asked: unknown[] = []
  const approve = ({ toolName, input }: { toolName: string; input: unknown }) => {
    asked.push([toolName, input])
    return { approved: true }
  }
  expect(String(await agent.invoke('Pay', { approve }))).toBe('Done.')
  expect(asked).toEqual([['pay', { usd: 5 }]])
  expect(told(agent.messages)).toContain('paid')
})

test('a call that is refused, or that nobody can be asked about, is not made', async () => {
  const refused = new Agent({ model: new ScriptedModel(script), tools: [pay], approval: ['pay'] })
  await refused.invoke('Pay', { approve: () => ({ approved: false, reason: 'Too dear' }) })
  expect(told(refused.messages)).toContain('not approved: Too dear')

  const alone = new Agent({ model: new ScriptedModel(script), tools: [pay], approval: ['pay'] })
  await alone.invoke('Pay')
  expect(told(alone.messages)).toContain('nobody can be asked')
})
