import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { modernParams, takesTasks } from '../helpers/modern-params.js'
import { type Program, startProgram, testKey } from '../helpers/program.js'
import { stdioServer } from '../helpers/tool-server/index.js'

let fake: FakeProvider
let env: Record<string, string>

beforeAll(async () => {
  fake = await startFakeProvider()
  env = {
    LITELLM_AGENTS_CONFIG: configFile({
      defaults: { modelId: 'openai/standard' },
      clientArgs: { openai: { api_base: `${fake.url}/v1`, api_key: testKey } },
      agents: {
        careful: { tools: ['calculator', 'notes/helper'], approval: ['calculator', 'notes/*'] },
      },
      mcpServers: { notes: stdioServer() },
    }),
  }
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

const run = { name: 'run_agent', arguments: { prompt: 'What is 2*3?', agent: 'careful' } }
const six = { expression: '2*3' }

/** Starts a 2025 client with forms that speaks the protocol byte for byte. */
async function initialized(): Promise<Program> {
  const server = startProgram([], env)
  const params = {
    protocolVersion: '2025-06-18',
    capabilities: { elicitation: {} },
    clientInfo: { name: 'test', version: '1' },
  }
  server.send({ id: 'initialize', method: 'initialize', params })
  await server.answer('initialize')
  server.send({ method: 'notifications/initialized' })
  return server
}

async function formOf(server: Program): Promise<JsonObject> {
  await server.until('stdout', /"elicitation\/create"/)
  const line = server
    .stdout()
    .split('\n')
    .find((text) => text.includes('"elicitation/create"'))
  return JSON.parse(line ?? '')
}

/** What the model was told of its tool call. */
function toolResult(): string {
  const message = fake.modelRequests
    .at(-1)
    ?.body.messages.findLast(({ role }: JsonObject) => role === 'tool')
  return JSON.stringify(message?.content ?? '')
}

const answers: [string, JsonObject, 'approved' | 'refused'][] = [
  ['accept with empty content', { action: 'accept', content: {} }, 'approved'],
  ['accept with null content', { action: 'accept', content: null }, 'approved'],
  ['accept without content', { action: 'accept' }, 'approved'],
  [
    'accept with null members',
    { action: 'accept', content: { allow: null, reason: null } },
    'approved',
  ],
  ['accept with a reason alone', { action: 'accept', content: { reason: 'fine' } }, 'approved'],
  ['accept with allow', { action: 'accept', content: { allow: true } }, 'approved'],
  [
    'accept with allow cleared',
    { action: 'accept', content: { allow: false, reason: 'no' } },
    'refused',
  ],
  ['accept with allow as text', { action: 'accept', content: { allow: 'true' } }, 'approved'],
  ['accept with a refusal as text', { action: 'accept', content: { allow: 'False' } }, 'refused'],
  ['accept with an unreadable allow', { action: 'accept', content: { allow: 'no' } }, 'refused'],
  ['decline', { action: 'decline' }, 'refused'],
  ['decline with null content', { action: 'decline', content: null }, 'refused'],
]

describe('surface 6: the action of a form decides', () => {
  test.each(answers)('2025 over stdio: %s', async (_, answer, decision) => {
    fake.script({ toolCalls: [{ name: 'calculator', arguments: six }] }, { text: 'Done.' })
    const server = await initialized()
    try {
      server.send({ id: 1, method: 'tools/call', params: run })
      server.send({ id: (await formOf(server)).id, result: answer })
      const { result } = await server.answer(1)
      expect(result.structuredContent).toMatchObject({ status: 'completed', text: 'Done.' })
      expect(toolResult()).toContain(decision === 'approved' ? 'Result: 6' : 'not approved')
    } finally {
      await server.stop()
    }
  })

  test.each(answers)('2026 by a task: %s', async (_, answer, decision) => {
    fake.script({ toolCalls: [{ name: 'calculator', arguments: six }] }, { text: 'Done.' })
    const server = startProgram([], env)
    let id = 0
    const request = async (method: string, params: JsonObject) => {
      const message = modernParams(params, { ...takesTasks, elicitation: {} })
      server.send({ id: ++id, method, params: message })
      return (await server.answer(id)).result
    }
    const settled = async (taskId: string) => {
      for (;;) {
        const task = await request('tasks/get', { taskId })
        if (task.status !== 'working') return task
      }
    }
    try {
      const { taskId } = await request('tools/call', {
        ...run,
        arguments: { ...run.arguments, waitSeconds: 0 },
      })
      const { inputRequests } = await settled(taskId)
      const [key = ''] = Object.keys(inputRequests)
      await request('tasks/update', { taskId, inputResponses: { [key]: answer } })
      expect(await settled(taskId)).toMatchObject({ status: 'completed' })
      expect(toolResult()).toContain(decision === 'approved' ? 'Result: 6' : 'not approved')
    } finally {
      await server.stop()
    }
  })

  test('cancel leaves the approval open, and the run can still be answered', async () => {
    fake.script({ toolCalls: [{ name: 'calculator', arguments: six }] }, { text: 'Done.' })
    const server = await initialized()
    try {
      server.send({ id: 1, method: 'tools/call', params: run })
      server.send({ id: (await formOf(server)).id, result: { action: 'cancel', content: null } })
      const { structuredContent } = (await server.answer(1)).result
      expect(structuredContent).toMatchObject({ status: 'running', approvals: [{ input: six }] })
      const { approvals, runId } = structuredContent
      server.send({
        id: 2,
        method: 'tools/call',
        params: {
          name: 'answer_approval',
          arguments: { runId, toolUseId: approvals[0].toolUseId, approve: true },
        },
      })
      expect((await server.answer(2)).result.structuredContent.text).toBe('Done.')
    } finally {
      await server.stop()
    }
  })
})

describe('surface 6: a person sees what they approve', () => {
  /** The form and the content of a result for one call with these arguments. */
  async function approvalOf(input: JsonObject): Promise<{ form: string; content: string }> {
    fake.script({ toolCalls: [{ name: 'notes__helper', arguments: input }] })
    const server = await initialized()
    try {
      server.send({ id: 1, method: 'tools/call', params: run })
      const form = await formOf(server)
      server.send({ id: form.id, result: { action: 'cancel' } })
      const { content } = (await server.answer(1)).result
      return {
        form: form.params.message,
        content: content.map(({ text }: JsonObject) => text).join('\n'),
      }
    } finally {
      await server.stop()
    }
  }

  test('every key, with long values cut one by one and how much is hidden', async () => {
    const { content, form } = await approvalOf({
      note: 'x'.repeat(50_000),
      nested: { also: 'y'.repeat(3_000), deep: { target: '/etc/passwd' } },
      list: Array.from({ length: 400 }, (_, index) => index),
      recipient: 'mallory',
    })
    for (const text of [form, content]) {
      for (const key of ['note', 'nested', 'also', 'deep', 'list', 'recipient'])
        expect(text).toContain(`"${key}"`)
      expect(text).toContain('"/etc/passwd"')
      expect(text).toContain('"mallory"')
      expect(text).toMatch(/\(\d{5} more characters hidden\)/)
      expect(text).toContain('(350 more items hidden)')
      expect(text.length).toBeLessThan(6_000)
    }
  })

  test('characters that reorder or hide text as escapes', async () => {
    const hidden = [
      '\u202e',
      '\u2066',
      '\u200b',
      '\u200d',
      '\u00ad',
      '\ufeff',
      '\u2028',
      '\u001b',
      '\u0007',
      '\u{e0041}',
      '\u3164',
    ]
    const { content, form } = await approvalOf({ [`na${hidden[0]}me`]: `a${hidden.join('b')}c` })
    for (const text of [form, content]) {
      for (const character of hidden) expect(text).not.toContain(character)
      for (const shown of ['\\u202e', '\\u2066', '\\u200b', '\\u00ad', '\\u{e0041}', '\\u001b'])
        expect(text).toContain(shown)
    }
  })

  test('a form names the agent and the tool, and asks for nothing that is required', async () => {
    fake.script({ toolCalls: [{ name: 'calculator', arguments: six }] })
    const server = await initialized()
    try {
      server.send({ id: 1, method: 'tools/call', params: run })
      const { params } = await formOf(server)
      expect(params.message).toBe(
        'The agent careful wants to call calculator with {"expression": "2*3"}',
      )
      expect(params.requestedSchema).not.toHaveProperty('required')
      expect(params.requestedSchema.properties.allow).toMatchObject({ default: true })
    } finally {
      await server.stop()
    }
  })
})
